-- A stated zone, else the ZIP code, else the area code; unknown is empty, so that nobody is called.
begin;
select plan(14);

create function pg_temp.zones(p_phone text, p_stated text default null, p_postal_code text default null)
returns text
language sql
as $$ select array_to_string(z.timezones, ',') from engine.zones_for(p_phone, p_stated, p_postal_code) as z $$;
create function pg_temp.regions(p_phone text, p_postal_code text default null)
returns text
language sql
as $$ select array_to_string(z.regions, ',') from engine.zones_for(p_phone, null, p_postal_code) as z $$;

select is(pg_temp.zones('+12125550101'), 'America/New_York', 'an area code in one zone');
select is(pg_temp.zones('+18505550101'), 'America/Chicago,America/New_York', 'an area code in two');
select ok(cardinality(z.timezones) > 2, '208 is in more than two') from engine.zones_for('+12085550101') as z;
select is(pg_temp.zones('+18005550101'), array_to_string(c.timezones, ','), 'toll-free may be anywhere in North America')
from reference.calling_codes as c where c.calling_code = '1';
select is(pg_temp.zones('+12125550101', 'America/Denver'), 'America/Denver', 'a stated zone wins');
select is(pg_temp.zones('+12125550101', ' pacific time '), 'America/Los_Angeles', 'in words');
select is(pg_temp.zones('+12125550101', '(UTC-07:00) Arizona'), 'America/Phoenix', 'as a mail program writes it');
select is(pg_temp.zones('+12125550101', 'MST'), 'America/New_York', 'MST is two clocks and says nothing');
select is(pg_temp.zones('+12125550101', 'UTC'), 'America/New_York', 'UTC is no place');
select is(pg_temp.zones('+12125550101', null, '80203-1234'), 'America/Denver', 'the address before the area code');
select is(pg_temp.zones('+12125550101', null, '2139'), 'America/New_York', 'a ZIP code that lost its zero');
select is(pg_temp.regions('+12125550101', '33130'), 'FL,NY', 'rules of the address and of the area code');
select is(pg_temp.zones('+447700900123'), 'Europe/Guernsey,Europe/Isle_of_Man,Europe/Jersey,Europe/London', 'another country');
select is(pg_temp.zones('+80012345678'), '', 'a number without a place');

select * from finish();
rollback;
