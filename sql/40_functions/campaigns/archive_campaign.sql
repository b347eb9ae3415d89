-- Out of the way: what came of it stays, and nothing is done with it until it is taken out again.
create or replace function public.archive_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.campaigns, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.take_campaign(p_campaign_id, 'archive', v_dry_run);
  v_enrolled bigint;
begin
  select coalesce(sum(k.amount), 0)::bigint into v_enrolled
  from engine.counters as k
  where k.team_id = v_campaign.team_id and k.campaign_id = v_campaign.id and k.node_id = '';
  if not v_dry_run then
    update public.campaigns as c
    set archived_at = engine.now(), updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
  end if;
  return engine.tell_campaign_step(
    v_campaign, v_campaign.status, v_dry_run,
    format(
      '"%s" %s archived: it is left out of lists, and what it did stays: %s enrolled.',
      v_campaign.name, engine.tense(v_dry_run), v_enrolled
    ),
    jsonb_build_object('enrolled', v_enrolled, 'archived', true)
  );
end
$$;
comment on function public.archive_campaign(uuid, boolean) is
'Puts a campaign away that is CREATED, COMPLETED or CANCELLED: {campaign_id, from, to, dry_run, at, message, enrolled, archived}; '
'the status stays. With p_dry_run nothing changes. OB002, OB004, OB008.';
revoke all on function public.archive_campaign(uuid, boolean) from public;
grant execute on function public.archive_campaign(uuid, boolean) to authenticated, service_role;
