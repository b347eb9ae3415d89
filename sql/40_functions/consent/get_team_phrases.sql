-- The words by which people stop and start texts: the team's own, and everybody's.
create or replace function public.get_team_phrases(p_team_id uuid default null)
returns jsonb
language plpgsql
stable
security definer -- reads reference rows for a caller who is checked here
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
begin
  return jsonb_build_object(
    'team_id', v_team_id,
    'phrases', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'phrase', t.phrase, 'action', t.action, 'is_whole_message', t.is_whole_message
      ) order by t.action, t.phrase), '[]')
      from public.team_phrases as t
      where t.team_id = v_team_id
    ),
    'standard', (
      select jsonb_agg(jsonb_build_object(
        'phrase', c.phrase, 'action', c.action, 'is_whole_message', c.is_whole_message
      ) order by c.action, c.phrase)
      from reference.consent_phrases as c
    )
  );
end
$$;
comment on function public.get_team_phrases(uuid) is
'{team_id, phrases[{phrase, action, is_whole_message}]: the team''s own, standard[…]: everybody''s}.';
revoke all on function public.get_team_phrases(uuid) from public;
grant execute on function public.get_team_phrases(uuid) to authenticated, service_role;
