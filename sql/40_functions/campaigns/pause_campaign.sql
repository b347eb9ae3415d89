-- No attempt begins after this commits: whoever begins one holds the campaign (shared) and is waited for here,
-- or does not get it and puts the job off. What has begun finishes and is counted; delays keep running.
create or replace function public.pause_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.campaigns, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
set statement_timeout = '1min' -- whoever is beginning attempts is waited for
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.take_campaign(p_campaign_id, 'pause', v_dry_run);
  v_work record;
begin
  select w.* into v_work from engine.open_work(v_campaign) as w;
  if not v_dry_run then
    update public.campaigns as c
    set status = 'PAUSED', updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
  end if;
  return engine.tell_campaign_step(
    v_campaign, 'PAUSED', v_dry_run,
    format(
      '"%s" %s paused. Held back until it is resumed: %s due now, %s that wait for their time; delays keep running. '
      'With a provider already, which finish and are counted: %s.',
      v_campaign.name, engine.tense(v_dry_run), v_work.queued, v_work.waiting, v_work.in_progress
    ),
    to_jsonb(v_work)
  );
end
$$;
comment on function public.pause_campaign(uuid, boolean) is
'Pauses an ACTIVE campaign: {campaign_id, from, to, dry_run, at, message, waiting, queued, in_progress}. With p_dry_run nothing '
'changes. OB002, OB004, OB008.';
revoke all on function public.pause_campaign(uuid, boolean) from public;
grant execute on function public.pause_campaign(uuid, boolean) to authenticated, service_role;
