-- A team's own words for stopping and starting, as a whole: what is not in the list is gone. They add to
-- everybody's words and can't take one away.
create or replace function public.set_team_phrases(p_phrases jsonb, p_team_id uuid default null)
returns jsonb
language plpgsql
security definer -- writes public.team_phrases, which no role may write
set search_path = ''
as $$
declare
  c_limit constant integer := 500;
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
begin
  if jsonb_typeof(p_phrases) is distinct from 'array' then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'phrases_malformed', 'p_phrases', 'The phrases must be a list; an empty one removes them all.'
    )), 'The phrases');
  elsif jsonb_array_length(p_phrases) > c_limit then
    perform engine.refuse(
      'OB009', format('A team has at most %s phrases of its own.', c_limit),
      jsonb_build_object('limit', c_limit, 'actual', jsonb_array_length(p_phrases)), 'Keep those that people write.'
    );
  end if;
  perform engine.refuse_issues((
    select jsonb_agg(r.issue order by r.place) from engine.phrase_rows(p_phrases) as r where r.issue is not null
  ), 'The phrases');
  -- Two admins at once: one list after the other, never a mixture.
  perform from public.teams as t where t.id = v_team_id for no key update;
  delete from public.team_phrases as t where t.team_id = v_team_id;
  insert into public.team_phrases (team_id, phrase, action, is_whole_message)
  select v_team_id, r.phrase, r.action, r.is_whole_message
  from engine.phrase_rows(p_phrases) as r;
  return public.get_team_phrases(v_team_id);
end
$$;
comment on function public.set_team_phrases(jsonb, uuid) is
'Replaces a team''s own phrases, ["phrase"] or [{phrase, action, is_whole_message}], and returns them as get_team_phrases does. '
'Admin only. OB001, OB009.';
revoke all on function public.set_team_phrases(jsonb, uuid) from public;
grant execute on function public.set_team_phrases(jsonb, uuid) to authenticated, service_role;
