-- A team is deleted with its workflows, even while a campaign needs one of them.
begin;
select plan(3);
select tests.set_clock('2027-03-01 12:00-05');
select tests.quietly(format('select tests.create_campaign(%L, 2)', tests.create_team('Acme', 'ann@acme.example')));
select tests.quietly(format('select public.launch_campaign(%L, %L)', id, '2027-03-02 12:00-05')) from public.campaigns;
-- and while another has holds under way
select tests.quietly(format(
  'select tests.connect_holds(%L), tests.give_appointments(%L), tests.reschedule(%L)', team_id, list_id, list_id
)) from public.campaigns;
select is((select needs_workflow_status::text from public.campaigns where kind = 'campaign'), 'PUBLISHED', 'a scheduled campaign needs a published workflow');
select lives_ok('delete from public.teams', 'the team goes');
select is((select count(*) from public.workflow_nodes) + (select count(*) from engine.workflow_revisions) + (select count(*) from public.outreach_items), 0::bigint, 'with all');
select * from finish();
rollback;
