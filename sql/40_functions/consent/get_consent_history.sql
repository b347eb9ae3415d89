-- The ledger, newest first, of one number or of the whole team, and what keeps the number from being
-- reached now.
create or replace function public.get_consent_history(
  p_phone text default null,
  p_limit integer default 50,
  p_cursor text default null,
  p_team_id uuid default null
)
returns jsonb
language plpgsql
stable
security definer -- reads for a caller who is checked here
set search_path = ''
set plan_cache_mode = force_custom_plan -- of one number by its index, of a team by its key
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_before uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_number record;
  v_result jsonb;
begin
  select n.* into v_number
  from (select p_phone as raw) as r
  left join lateral engine.read_number(v_team_id, r.raw) as n on r.raw is not null;
  perform engine.refuse_issues(v_number.issues, 'The request');
  with page as (
    select row_number() over (order by e.id desc) as place, e.*
    from public.consent_events as e
    where e.team_id = v_team_id and (v_before is null or e.id < v_before)
      and (v_number.phone is null or e.phone = v_number.phone)
    order by e.id desc
    limit v_limit + 1
  )

  select jsonb_build_object(
    'items', coalesce(jsonb_agg(jsonb_build_object(
      'id', p.id, 'phone', p.phone, 'channel', p.channel, 'action', p.action, 'reason', p.reason, 'source', p.source,
      'words', p.words, 'user_id', p.user_id, 'occurred_at', p.occurred_at, 'recorded_at', p.recorded_at
    ) order by p.place) filter (where p.place <= v_limit), '[]'),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(p.id::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result || jsonb_build_object(
    'team_id', v_team_id, 'phone', v_number.phone,
    'suppressions', case when p_phone is not null then engine.describe_suppressions(v_team_id, v_number.phone) end
  );
end
$$;
comment on function public.get_consent_history(text, integer, text, uuid) is
'The ledger of a number, or without one of the team, newest first: {team_id, phone, suppressions[…] of the number, items[{id, phone, '
'channel, action, reason, source, words, user_id, occurred_at, recorded_at}], next_cursor}. OB001, OB009.';
revoke all on function public.get_consent_history(text, integer, text, uuid) from public;
grant execute on function public.get_consent_history(text, integer, text, uuid) to authenticated, service_role;
