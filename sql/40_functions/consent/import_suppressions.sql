-- A do-not-contact list: all of it, or with p_partial the rows that can be read. The same list again
-- changes nothing.
create or replace function public.import_suppressions(
  p_rows jsonb,
  p_reason text default 'do_not_contact',
  p_channel text default null,
  p_partial boolean default false,
  p_dry_run boolean default false,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
security definer -- writes the ledger and suppressions, which no role may write
set search_path = ''
set jit = off
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_rows engine.stop_row[];
  v_issues jsonb;
  v_stops engine.stop[];
  v_would record;
  v_new bigint;
  v_cancelled integer;
begin
  perform engine.refuse_issues(engine.stop_issues(p_channel, p_reason, null), 'The list');
  perform engine.refuse_stop_rows(p_rows);
  v_rows := array(select r from engine.read_stop_rows(v_team_id, p_rows, p_channel) as r order by r.row_number);
  v_issues := engine.stop_row_issues(v_rows);
  if p_partial is not true and p_dry_run is not true then
    perform engine.refuse_issues(v_issues, 'The list');
  end if;
  v_stops := array(
    select (v_team_id, s.phone, s.channel, p_reason, 'import', s.note)::engine.stop
    from (
      select distinct on (r.phone, r.channel) r.phone, r.channel, r.note, r.row_number
      from unnest(v_rows) as r
      where r.problems = '{}'
      order by r.phone, r.channel, r.row_number
    ) as s
  );
  select c.new_count, c.job_count into v_would from engine.count_stops(v_stops) as c where p_dry_run;
  if p_dry_run is not true then
    v_new := (select count(distinct r.phone) from engine.record_stops(v_stops, false) as r);
    v_cancelled := engine.call_off(v_stops);
  end if;
  return (
    select jsonb_build_object(
      'team_id', v_team_id, 'reason', p_reason, 'dry_run', p_dry_run is true,
      'rows', jsonb_array_length(p_rows), 'numbers', n.numbers, 'new', coalesce(v_new, v_would.new_count),
      'known', n.numbers - coalesce(v_new, v_would.new_count),
      'cancelled_jobs', coalesce(v_cancelled, v_would.job_count), 'rejected', n.rejected, 'issues', v_issues
    )
    from (
      select
        count(distinct r.phone) filter (where r.problems = '{}') as numbers,
        count(distinct r.row_number) filter (where r.problems <> '{}') as rejected
      from unnest(v_rows) as r
    ) as n
  );
end
$$;
comment on function public.import_suppressions(jsonb, text, text, boolean, boolean, uuid) is
'Stops the numbers of a list, [{phone, channel?, note?}] or ["number"]: {team_id, reason, dry_run, rows, numbers, new, known, cancelled_jobs, '
'rejected, issues[{code, row, column, value, …}]}. Admin only. OB001 with every bad row unless p_partial or p_dry_run; OB009.';
revoke all on function public.import_suppressions(jsonb, text, text, boolean, boolean, uuid) from public;
grant execute on function public.import_suppressions(jsonb, text, text, boolean, boolean, uuid) to authenticated, service_role;
