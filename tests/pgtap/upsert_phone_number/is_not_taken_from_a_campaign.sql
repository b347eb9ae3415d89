-- What a number is verified for changes only when it is said, and is not taken from a campaign that needs it.
begin;
select plan(10);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 1, p_call => '{"retry": null}') as id from team;
select public.launch_campaign(id, '2027-03-02 12:00-05') as launched into temp launched from campaign;
grant select on campaign to authenticated;

create function pg_temp.number()
returns text
language sql
as $$
  select concat_ws(' ', f.is_verified_for_calls, f.is_verified_for_texts, f.vapi_phone_number_id, f.daily_limit) from public.phone_numbers as f
$$;

create function pg_temp.refusal(p_arguments text)
returns jsonb
language sql
as $$
  select tests.refusal(format('select public.upsert_phone_number(''212 555 0100'', %s)', p_arguments))
$$;

select tests.act_as('admin@acme.example');
select public.upsert_phone_number('212 555 0100', p_daily_limit => 7) as saved into temp saved;
select is(pg_temp.number(), 't t vapi-number 7', 'whoever sets a cap leaves the rest alone');
select is(
  pg_temp.refusal('p_is_verified_for_calls => false') - 'message' - 'hint', jsonb_build_object(
    'sqlstate', 'OB005', 'detail', jsonb_build_object(
      'entity', 'phone_number', 'id', f.id, 'used_by', jsonb_build_array(
        jsonb_build_object('entity', 'campaign', 'id', c.id, 'name', c.name, 'status', 'SCHEDULED')
      )
    )
  ), 'a campaign that is about to call keeps its number'
) from public.phone_numbers as f, public.campaigns as c;
select tests.act_as_superuser();
select tests.set_clock('2027-03-02 12:00-05'); -- which ticks
select is((select status::text from public.campaigns), 'ACTIVE', 'it begins');
select tests.act_as('admin@acme.example');
select is(pg_temp.refusal('p_is_verified_for_texts => false') ->> 'sqlstate', 'OB005', 'and keeps it, for its texts too');
select is(
  pg_temp.refusal('p_vapi_phone_number_id => ''''') #>> '{detail,0,code}', 'vapi_id_required', 'the Vapi id is not taken away alone'
);
select public.pause_campaign(id) as paused into temp paused from campaign;
select public.upsert_phone_number('212 555 0100', p_vapi_phone_number_id => '', p_is_verified_for_calls => false) as saved into temp taken;
select is(pg_temp.number(), 'f t', 'who pauses it may');
select throws_ok('select public.resume_campaign(id) from campaign', 'OB007', null, 'it is not resumed without it');
select throws_ok(
  $$ select public.upsert_phone_number('212 555 0100', p_is_verified_for_calls => true) $$, 'OB001', null, 'calls need a Vapi id'
);
select public.upsert_phone_number('212 555 0100', p_vapi_phone_number_id => 'v', p_is_verified_for_calls => true) as saved into temp given;
select is(pg_temp.number(), 't t v', 'verified again');
select is(public.resume_campaign(id) ->> 'to', 'ACTIVE', 'and it goes on') from campaign;

select * from finish();
rollback;
