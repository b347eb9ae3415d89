-- The leads of a list and day are one run, or two when some were rejected: it never is open, its counts
-- grow. So a lead never waits for an import, and a day's leads are a line among the runs.
create or replace function engine.count_lead(
  p_list public.audience_lists, p_status public.lead_status, p_is_duplicate boolean, p_was_member boolean
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.audience_runs as r (
    team_id, id, list_id, list_name, source, status, is_partial_allowed, fetched_count, added_count, updated_count,
    excluded_count, rejected_count, duplicate_count, started_at, ended_at
  )
  select
    p_list.team_id, engine.lead_run(p_list, c.rejected > 0), p_list.id, p_list.name, 'speed_to_lead',
    case when c.rejected > 0 then 'PARTIAL' else 'SUCCEEDED' end::public.run_status, true,
    1, 1 - c.updated - c.excluded - c.rejected - c.duplicate, c.updated, c.excluded, c.rejected, c.duplicate,
    engine.now(), engine.now()
  from (
    select
      (not p_is_duplicate and p_status = 'REJECTED')::integer as rejected,
      (not p_is_duplicate and p_status = 'EXCLUDED')::integer as excluded,
      (not p_is_duplicate and p_status = 'ACCEPTED' and p_was_member)::integer as updated,
      p_is_duplicate::integer as duplicate
  ) as c
  on conflict on constraint audience_runs_pk do update set
    fetched_count = r.fetched_count + 1,
    added_count = r.added_count + excluded.added_count,
    updated_count = r.updated_count + excluded.updated_count,
    excluded_count = r.excluded_count + excluded.excluded_count,
    rejected_count = r.rejected_count + excluded.rejected_count,
    duplicate_count = r.duplicate_count + excluded.duplicate_count,
    ended_at = engine.now();
end
$$;
comment on function engine.count_lead(public.audience_lists, public.lead_status, boolean, boolean) is
'Counts a lead in its list''s run of the day.';
revoke all on function engine.count_lead(public.audience_lists, public.lead_status, boolean, boolean) from public;
