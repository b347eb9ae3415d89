-- What became of the appointment that an outreach holds before anybody is contacted.
create or replace function engine.tell_hold(p_team_id uuid, p_campaign_id uuid, p_contact_id uuid)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  select coalesce(i.hold_ended_at, i.created_at), -1, 2, 'hold',
    case
      when h.code is not null then h.message
      when i.status = 'HOLDING' then 'The appointment is being put on hold.'
      when i.status = 'CANCELLED' then 'The hold was called off.'
      else 'The outreach took the contact in.'
    end,
    jsonb_build_object(
      'item_id', i.id, 'status', i.status, 'outcome', i.hold_outcome, 'said', i.hold_message, 'hold_count', i.hold_count,
      'servicetitan_appointment_id', i.servicetitan_appointment_id
    )
  from public.outreach_items as i
  left join reference.hold_outcomes as h on i.hold_outcome = h.code
  where i.team_id = p_team_id and i.campaign_id = p_campaign_id and i.contact_id = p_contact_id
$$;
comment on function engine.tell_hold(uuid, uuid, uuid) is
'A line for each outreach item: {item_id, status, outcome, said, hold_count, servicetitan_appointment_id}.';
revoke all on function engine.tell_hold(uuid, uuid, uuid) from public;
