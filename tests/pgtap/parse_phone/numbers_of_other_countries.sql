-- A plus, a calling code and a possible length; the zero that callers within the country dial goes.
begin;
select plan(12);

create function pg_temp.phone(p_raw text, p_country text default 'US')
returns text
language sql
as $$ select coalesce(p.phone, p.problem) from engine.parse_phone(p_raw, p_country, false) as p $$;

select is(pg_temp.phone('+44 7700 900123'), '+447700900123', 'a British one');
select is(pg_temp.phone('011 44 7700 900123'), '+447700900123', 'as Americans dial it');
select is(pg_temp.phone('00447700900123'), '+447700900123', 'as others dial it');
select is(pg_temp.phone('+44 (0)20 7946 0958'), '+442079460958', 'a trunk zero in brackets');
select is(pg_temp.phone('+44 020 7946 0958'), '+442079460958', 'a trunk zero without');
select is(pg_temp.phone('+39 06 698 12345'), '+390669812345', 'in Italy the zero belongs to the number');
select is(pg_temp.phone('+7 800 555 3535'), '+78005553535', 'the eight of Russia does too');
select is(pg_temp.phone('+52 55 1234 5678'), '+525512345678', 'a Mexican one');
select is(pg_temp.phone('07700 900123', 'GB'), 'phone_needs_plus', 'outside North America a national form is not enough');
select is(pg_temp.phone('2125551234', 'GB'), 'phone_needs_plus', 'and an American one is not read as such');
select is(pg_temp.phone('+1 212 555 1234', 'GB'), '+12125551234', 'with its plus it is');
select is(pg_temp.phone('4165551234', 'CA'), '+14165551234', 'Canada is in North America');

select * from finish();
rollback;
