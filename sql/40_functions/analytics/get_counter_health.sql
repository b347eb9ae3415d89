-- Whether the numbers that people see are those of the rows, by the last nightly comparison.
create or replace function public.get_counter_health(p_team_id uuid default null)
returns jsonb
language plpgsql
stable
security definer -- reads the engine's checks for a caller who was checked
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
begin
  return (
    select jsonb_build_object(
      'health', case when bool_or(k.difference_count > 0) then 'differs' when count(*) > 0 then 'ok' else 'unchecked' end,
      'checked_count', count(*), 'checked_at', max(k.checked_at),
      'differing', coalesce(jsonb_agg(jsonb_build_object(
        'campaign_id', k.campaign_id, 'name', c.name, 'checked_at', k.checked_at, 'found_at', k.found_at,
        'difference_count', k.difference_count, 'differences', k.differences
      ) order by k.found_at) filter (where k.difference_count > 0), '[]')
    )
    from engine.counter_checks as k
    inner join public.campaigns as c on k.team_id = c.team_id and k.campaign_id = c.id
    where k.team_id = v_team_id
  );
end
$$;
comment on function public.get_counter_health(uuid) is
'What the nightly comparison of counters with the rows found: {health (ok, differs, unchecked), checked_count, checked_at, '
'differing[{campaign_id, name, checked_at, found_at, difference_count, differences[{counter, of, counted, recounted}]}]}. OB001, OB004.';
revoke all on function public.get_counter_health(uuid) from public;
grant execute on function public.get_counter_health(uuid) to authenticated, service_role;
