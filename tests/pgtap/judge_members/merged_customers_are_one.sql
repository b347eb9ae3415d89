-- Customers that were merged in ServiceTitan are one, over however many merges and whichever id a contact has.
begin;
select plan(5);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 5) as id from team;
create temp table people as select id, row_number() over (order by id) as n from public.contacts;
grant select on campaign, people to authenticated;
update public.contacts as c set servicetitan_customer_id = 100 + p.n from people as p where c.id = p.id;
-- 101 and 104 went into 103, and that into 102; two others went into each other, which is nobody's.
insert into engine.servicetitan_customers (team_id, id, do_not_service, is_active, merged_to_id)
select team.id, v.id, false, v.merged_to_id is null, v.merged_to_id
from team, (values (101, 103), (102, null), (103, 102), (104, 103), (105, null), (106, 107), (107, 106)) as v (id, merged_to_id);

create function pg_temp.others(p_team_id uuid, p_customer_id bigint)
returns bigint[]
language sql
as $$
  select array_agg(o.customer_id order by o.customer_id)
  from engine.same_customers(p_team_id, array[(1, null, null, p_customer_id)::engine.candidate]) as o
$$;
select is(
  (select array_agg(pg_temp.others(id, c)::text order by c) from team, generate_series(101, 107) as c),
  '{"{101,102,103,104}","{101,102,103,104}","{101,102,103,104}","{101,102,103,104}","{105}",NULL,NULL}', 'whichever of them is asked about'
);
select is(pg_temp.others(tests.create_team('Other', 'bob@other.example'), 101), null, 'but in no other team');

update public.audience_members as m set servicetitan_job_id = 7000 + p.n from people as p where m.contact_id = p.id;
select tests.act_as('admin@acme.example');
select is(
  public.launch_outreach(c.list_id, 'maintenance', 'call', c.phone_number_id, a.id, p_dry_run => true) #>> '{counts,items}', '2',
  'an outreach takes one of them'
) from public.campaigns as c, public.assistants as a;
select is(public.preflight_campaign(id) ->> 'reach', '2', 'and so would a campaign') from campaign;
select tests.quietly('select public.launch_campaign(id) from campaign');
select tests.act_as_superuser();
select is(
  (select array_agg(p.n order by p.n) from engine.enrollments as e inner join people as p on e.contact_id = p.id where e.status = 'ACTIVE'),
  '{1,5}', 'which it does'
);
select * from finish();
rollback;
