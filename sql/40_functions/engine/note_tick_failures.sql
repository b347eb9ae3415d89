-- Keeps which of a tick's steps failed: those that did are noted, with since when and how often, and those that did
-- not are forgotten. Called last, because two ticks that fail at once wait for each other here.
create or replace function engine.note_tick_failures(
  p_steps text[], p_failures jsonb, p_untried text[] default '{}'
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  delete from engine.tick_failures as f
  where f.step = any(p_steps) and f.subject <> all(p_untried) and not exists (
    select from jsonb_to_recordset(p_failures) as n (step text, subject text)
    where n.step = f.step and n.subject = f.subject
  );
  insert into engine.tick_failures as f (step, subject, code, message)
  select n.step, n.subject, n.code, n.message
  from jsonb_to_recordset(p_failures) as n (step text, subject text, code text, message text)
  order by n.step, n.subject
  on conflict on constraint tick_failures_pk do update set
    failed_at = excluded.failed_at, failure_count = f.failure_count + 1, code = excluded.code, message = excluded.message;
end
$$;
comment on function engine.note_tick_failures(text[], jsonb, text[]) is
'Replaces what is known of the failures of steps by [{step, subject, code, message}], but for subjects that were not tried.';
revoke all on function engine.note_tick_failures(text[], jsonb, text[]) from public;
