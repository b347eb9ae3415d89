-- The other way round: it can be launched or retried again, where its status allows.
create or replace function public.unarchive_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.campaigns, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.take_campaign(p_campaign_id, 'unarchive', v_dry_run);
  v_enrolled bigint;
begin
  select coalesce(sum(k.amount), 0)::bigint into v_enrolled
  from engine.counters as k
  where k.team_id = v_campaign.team_id and k.campaign_id = v_campaign.id and k.node_id = '';
  if not v_dry_run then
    update public.campaigns as c
    set archived_at = null, updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
  end if;
  return engine.tell_campaign_step(
    v_campaign, v_campaign.status, v_dry_run,
    format(
      '"%s" %s in lists again, with %s enrolled.',
      v_campaign.name, engine.tense(v_dry_run), v_enrolled
    ),
    jsonb_build_object('enrolled', v_enrolled, 'archived', false)
  );
end
$$;
comment on function public.unarchive_campaign(uuid, boolean) is
'Takes an archived campaign out again: {campaign_id, from, to, dry_run, at, message, enrolled, archived}; '
'the status stays. With p_dry_run nothing changes. OB002, OB004, OB008.';
revoke all on function public.unarchive_campaign(uuid, boolean) from public;
grant execute on function public.unarchive_campaign(uuid, boolean) to authenticated, service_role;
