-- The first valid one is used, the others are told as they were written.
begin;
select plan(8);

create function pg_temp.parsed(p_raw text)
returns text
language sql
as $$ select concat_ws(' | ', coalesce(p.phone, p.problem), array_to_string(p.others, ' & ')) from engine.parse_phone(p_raw, 'US', true) as p $$;

select is(pg_temp.parsed('212-555-0123 / 917-555-0188'), '+12125550123 | 917-555-0188', 'a slash');
select is(pg_temp.parsed('212-555-0123; 917-555-0188, 303-555-0101'), '+12125550123 | 917-555-0188 & 303-555-0101', 'three');
select is(pg_temp.parsed('(212) 555-0123 (917) 555-0188'), '+12125550123 | (917) 555-0188', 'nothing but a space');
select is(pg_temp.parsed(E'212-555-0123\n917-555-0188'), '+12125550123 | 917-555-0188', 'lines');
select is(pg_temp.parsed('555-0123 or 917 555 0188 x7'), '+19175550188 | 555-0123', 'the first valid one, not the first');
select is(pg_temp.parsed('212-555-0123 / (212) 555 0123'), '+12125550123 | ', 'the same one twice is one');
select is(pg_temp.parsed('ann@example.com / 212 555 0123'), '+12125550123 | ', 'what is no number is no other number');
select is(pg_temp.parsed('555-0123 / 911'), 'phone_without_area_code | 911', 'when none is valid, the one that looks like one says why');

select * from finish();
rollback;
