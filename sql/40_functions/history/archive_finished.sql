-- Moves everything about enrollments that ended a while ago out of the hot tables: jobs, attempts and what
-- providers told. One mover at a time, in one transaction, which is what makes it safe to kill: a batch is
-- here or there. Nobody is waited for; what is locked comes with a later batch.
create or replace function engine.archive_finished(p_limit integer default 5000)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_before timestamptz := (select engine.now() - d.history_grace from engine.deployment as d);
  v_ended engine.ended_enrollment[];
begin
  if not pg_try_advisory_xact_lock(hashtext('engine.archive_finished')) then
    return 0;
  end if;
  perform engine.prepare_months();
  v_ended := array(
    select (e.team_id, e.id, e.enrolled_at, e.ended_at)::engine.ended_enrollment
    from engine.enrollments as e
    where e.ended_at < v_before and e.archived_at is null
    order by e.ended_at
    limit p_limit
  );
  v_ended := array(select e from engine.hold_finished(v_ended) as e);
  if cardinality(v_ended) > 0 then
    perform engine.prepare_history(v_ended);
    perform engine.move_finished(v_ended);
    update engine.enrollments as e
    set archived_at = engine.now()
    from unnest(v_ended) as a
    where e.team_id = a.team_id and e.id = a.enrollment_id;
  end if;
  perform engine.archive_loose_events(v_before, p_limit);
  return cardinality(v_ended);
end
$$;
comment on function engine.archive_finished(integer) is
'Moves a batch of ended enrollments'' jobs, attempts and events to the history; returns how many enrollments.';
revoke all on function engine.archive_finished(integer) from public;
