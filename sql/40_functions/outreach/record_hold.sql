-- A worker's word about a hold. Twice is once, and a word that comes after the task was lost changes
-- nothing: whoever has it now reads the appointment.
create or replace function engine.record_hold(p_worker text, p_task_id uuid, p_outcome text, p_message text default null)
returns text
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
declare
  v_item public.outreach_items;
begin
  if not exists (select from reference.hold_outcomes as h where h.code = p_outcome) then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'outcome_unknown', 'p_outcome', 'This is none of the outcomes of a hold.'
    )), 'The hold');
  end if;
  v_item := engine.find_hold(p_worker, p_task_id);
  if v_item.status is distinct from 'HOLDING' then
    return v_item.status::text;
  end if;
  return engine.end_hold(v_item, p_outcome, p_message)::text;
end
$$;
comment on function engine.record_hold(text, uuid, text, text) is
'Records the outcome of a hold, a code of reference.hold_outcomes, and enrolls the contact in the same transaction if it lets; '
'returns the status of the item, null when the worker does not hold the task.';
revoke all on function engine.record_hold(text, uuid, text, text) from public;
grant execute on function engine.record_hold(text, uuid, text, text) to outbound_worker;
