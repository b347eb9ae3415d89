-- The items of an outreach that has just been stored. Launches of a team go one by one (engine.lock_outreaches), so what
-- is planned as new is new; the unique index on the hashes is the second fence. Who needs no hold is enrolled at once; for
-- the others the holds are queued.
create or replace function engine.fill_outreach(p_list public.audience_lists, p_outreach public.outreaches)
returns void
language plpgsql
set search_path = ''
set jit = off
as $$
declare
  c_chunk constant integer := 10000;
  v_campaign public.campaigns;
  v_contact_ids uuid[];
begin
  with stored as (
    insert into public.outreach_items (
      team_id, outreach_id, campaign_id, contact_id, phone, servicetitan_customer_id, servicetitan_job_id,
      servicetitan_appointment_id, dedupe_hash, status, enrolled_at, hold_count
    )
    select
      p_list.team_id, p_outreach.id, p_outreach.campaign_id, p.contact_id, p.phone, p.servicetitan_customer_id,
      p.servicetitan_job_id, p.servicetitan_appointment_id, p.dedupe_hash,
      case when k.is_held then 'HOLDING' else 'ENROLLED' end::public.outreach_item_status,
      case when not k.is_held then engine.now() end, k.is_held::integer
    from engine.plan_outreach(p_list, p_outreach.kind, p_outreach.channel, p_outreach.id) as p
    cross join (select p_outreach.kind = 'reschedule' as is_held) as k
    where not p.is_left_out and p.item_id is null
    returning contact_id
  )

  select coalesce(array_agg(s.contact_id order by s.contact_id), '{}') into v_contact_ids from stored as s;
  if p_outreach.kind = 'reschedule' then
    v_contact_ids := engine.lock_unreachable(p_list.team_id, p_outreach.channel, v_contact_ids);
    update public.outreach_items as i
    set status = 'ENROLLED', enrolled_at = engine.now(), hold_count = 0
    where i.team_id = p_list.team_id and i.outreach_id = p_outreach.id and i.contact_id = any(v_contact_ids);
  end if;
  select c.* into v_campaign
  from public.campaigns as c
  where c.team_id = p_list.team_id and c.id = p_outreach.campaign_id;
  -- In chunks, as enroll_members does; nobody else sees the campaign yet.
  for v_from in 1..cardinality(v_contact_ids) by c_chunk loop
    perform engine.store_enrollments(v_campaign, v_contact_ids[v_from:v_from + c_chunk - 1]);
  end loop;
  perform engine.add_task(i.team_id, 'hold', i.id)
  from public.outreach_items as i
  where i.team_id = p_list.team_id and i.outreach_id = p_outreach.id and i.status = 'HOLDING';
end
$$;
comment on function engine.fill_outreach(public.audience_lists, public.outreaches) is
'Stores the items of an outreach, enrolls who needs no hold, and queues the holds.';
revoke all on function engine.fill_outreach(public.audience_lists, public.outreaches) from public;
