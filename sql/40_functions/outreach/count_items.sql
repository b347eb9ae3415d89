-- How far an outreach has come.
create or replace function engine.count_items(p_team_id uuid, p_outreach_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'items', count(*),
    'holding', count(*) filter (where i.status = 'HOLDING'),
    'hold_failed', count(*) filter (where i.status = 'HOLD_FAILED'),
    'can_retry', count(*) filter (where i.status = 'HOLD_FAILED' and h.can_retry),
    'enrolled', count(*) filter (where i.status = 'ENROLLED'),
    'cancelled', count(*) filter (where i.status = 'CANCELLED')
  )
  from public.outreach_items as i
  left join reference.hold_outcomes as h on i.hold_outcome = h.code
  where i.team_id = p_team_id and i.outreach_id = p_outreach_id
$$;
comment on function engine.count_items(uuid, uuid) is
'The items of an outreach by status: {items, holding, hold_failed, can_retry, enrolled, cancelled}.';
revoke all on function engine.count_items(uuid, uuid) from public;
