-- Why an outcome that the node retries was not retried; null when the node doesn't.
create or replace function engine.tell_spent_retries(p_visited engine.ended_visit)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when not coalesce(p_visited.retry -> 'outcomes' ? p_visited.outcome::text, false) then null
    when p_visited.dialled > (p_visited.retry ->> 'max_retries')::integer
      then format('The retries of the node (%s) are used up.', p_visited.retry ->> 'max_retries')
    else 'No retry was left in the enrollment''s budget.'
  end
$$;
comment on function engine.tell_spent_retries(engine.ended_visit) is 'A sentence: why a visit was not retried although its node retries such outcomes.';
revoke all on function engine.tell_spent_retries(engine.ended_visit) from public;
