-- A time of start that is far away is a slip, and one at the end of all time (timestamps have an infinity) can't be
-- counted with. One that is past is a slip too, mostly of the time zone: nobody wants everybody called at once because
-- of it. What passed while a person was looking at the page counts as now.
create or replace function engine.start_issues(p_path text, p_at timestamptz, p_team_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  c_grace constant interval := interval '5 minutes';
  v_timezone text;
begin
  if p_at not between '2000-01-01 00:00+00' and '2100-01-01 00:00+00' then
    return jsonb_build_array(engine.issue('start_invalid', p_path, 'The start must be a moment between 2000 and 2100.'));
  end if;
  if p_at < engine.now() - c_grace then
    select t.timezone into v_timezone from public.teams as t where t.id = p_team_id;
    return jsonb_build_array(engine.issue('start_past', p_path, format(
      'The start, %s, is past: in %s it is %s now. Choose a later one, or none to start now.',
      engine.tell_moment(p_at, v_timezone), v_timezone, engine.tell_moment(engine.now(), v_timezone)
    )));
  end if;
  return '[]'::jsonb;
end
$$;
comment on function engine.start_issues(text, timestamptz, uuid) is
'The problem of a moment that nothing of the team can start at: [], or one issue.';
revoke all on function engine.start_issues(text, timestamptz, uuid) from public;
