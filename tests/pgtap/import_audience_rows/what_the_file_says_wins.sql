-- A contact that is there keeps what the file leaves empty.
begin;
select plan(13);

select tests.create_team('Acme', 'ann@acme.example');
select tests.create_team('Other', 'eve@other.example');
select tests.act_as('ann@acme.example');
create temp table list as select (public.create_audience_list(
  'Spring', p_rows => '[{"phone": "2125550101 x7", "first name": "Ann", "last name": "Lee", "email": "ann@x.example", "zip": "80203"}]'
) ->> 'id')::uuid as id;
grant select on list to public;
create temp table run as select public.import_audience_rows(
  (select id from list), '[{"phone": "(212) 555-0101", "first name": "Anna", "email": ""}, {"phone": "3035550102"}]'
) as r;

select is(r ->> 'status', 'SUCCEEDED', 'the rows are in') from run;
select is((r #> '{counts,added}')::integer, 1, 'one is new') from run;
select is((r #> '{counts,updated}')::integer, 1, 'one was there') from run;
select is(r -> 'issues', '[]', 'nothing to tell') from run;
select is(first_name, 'Anna', 'what the file says wins') from public.contacts where phone = '+12125550101';
select is(last_name, 'Lee', 'what it does not say stays') from public.contacts where phone = '+12125550101';
select is(email, 'ann@x.example', 'what it leaves empty stays') from public.contacts where phone = '+12125550101';
select is(phone_extension, '7', 'so does the extension') from public.contacts where phone = '+12125550101';
select is(timezones, '{America/Denver}', 'and the zone of the address, whatever the area code') from public.contacts where phone = '+12125550101';
select is(member_count, 2::bigint, 'the count follows') from public.audience_lists;

select from public.import_audience_rows((select id from list), '[{"phone": "2125550101", "timezone": "Pacific"}]');
select is(timezones, '{America/Los_Angeles}', 'a stated zone is new knowledge') from public.contacts where phone = '+12125550101';

select tests.act_as('eve@other.example');
select throws_ok($$ select public.import_audience_rows((select id from list), '[{"phone": "2125550101"}]') $$, 'OB004', null, 'another team''s list is not found');
select tests.act_as_superuser();
update public.audience_lists set status = 'ARCHIVED';
select tests.act_as('ann@acme.example');
select throws_ok($$ select public.import_audience_rows((select id from list), '[{"phone": "2125550101"}]') $$, 'OB003', null, 'an archived list takes nothing');

select * from finish();
rollback;
