-- Back to CREATED, where it can be edited: nobody is enrolled before the launch.
create or replace function public.unschedule_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.campaigns, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.take_campaign(p_campaign_id, 'unschedule', v_dry_run);
begin
  if not v_dry_run then
    update public.campaigns as c
    set status = 'CREATED', scheduled_at = null, updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
  end if;
  return engine.tell_campaign_step(
    v_campaign, 'CREATED', v_dry_run,
    format(
      '"%s" %s unscheduled: it does not start at its time, nobody is enrolled, and it can be edited again.',
      v_campaign.name, engine.tense(v_dry_run)
    ),
    jsonb_build_object('scheduled_at', v_campaign.scheduled_at)
  );
end
$$;
comment on function public.unschedule_campaign(uuid, boolean) is
'Takes a SCHEDULED campaign back to CREATED: {campaign_id, from, to, dry_run, at, message, scheduled_at}, the last as it was. '
'With p_dry_run nothing changes. OB002, OB004, OB008.';
revoke all on function public.unschedule_campaign(uuid, boolean) from public;
grant execute on function public.unschedule_campaign(uuid, boolean) to authenticated, service_role;
