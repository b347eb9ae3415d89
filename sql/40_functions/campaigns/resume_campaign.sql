-- Due jobs go out again, spread by the batching of their nodes and never as one burst; what has become too
-- late is closed with that reason. Holds of an outreach that waited are tried at once.
create or replace function public.resume_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of launch_campaign
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.take_campaign(p_campaign_id, 'resume', v_dry_run);
  v_blockers jsonb;
  v_work record;
  v_late bigint;
  v_holds bigint;
begin
  if not v_dry_run then
    perform engine.hold_workflow(v_campaign.team_id, v_campaign.workflow_id);
    perform engine.hold_list(v_campaign.team_id, v_campaign.list_id);
  end if;
  v_blockers := engine.running_blockers(v_campaign);
  if not v_dry_run then
    perform engine.refuse_blockers(v_blockers, 'The campaign');
    perform engine.lock_open_jobs(array[v_campaign]);
  end if;
  select w.* into v_work from engine.open_work(v_campaign) as w;
  if v_dry_run then
    select count(*) into v_late from engine.late_jobs(v_campaign);
  else
    update public.campaigns as c
    set status = 'ACTIVE', updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
    v_late := engine.close_late_jobs(v_campaign)::bigint;
    perform engine.spread_due_jobs(v_campaign, enum_range(null::public.contact_channel));
  end if;
  v_holds := engine.resume_holds(v_campaign, v_dry_run);
  return engine.tell_campaign_step(
    v_campaign, 'ACTIVE', v_dry_run,
    concat_ws(
      ' ',
      format(
        '"%s" %s resumed. Due, and spread by the batches of their nodes: %s. Waiting for their time: %s. Too late, and skipped: %s.',
        v_campaign.name, engine.tense(v_dry_run), v_work.queued - v_late, v_work.waiting, v_late
      ),
      case when v_holds > 0 then format('Appointments to hold: %s.', v_holds) end,
      (select format('Not before this is mended: %s', b.value ->> 'message') from jsonb_array_elements(v_blockers) as b limit 1)
    ),
    jsonb_build_object(
      'due', v_work.queued - v_late, 'waiting', v_work.waiting, 'in_progress', v_work.in_progress, 'too_late', v_late,
      'holds', v_holds, 'blockers', v_blockers
    )
  );
end
$$;
comment on function public.resume_campaign(uuid, boolean) is
'Lets a PAUSED campaign go on: {campaign_id, from, to, dry_run, at, message, due, waiting, in_progress, too_late, holds, '
'blockers}. With p_dry_run nothing changes. OB002, OB004, OB007, OB008.';
revoke all on function public.resume_campaign(uuid, boolean) from public;
grant execute on function public.resume_campaign(uuid, boolean) to authenticated, service_role;
