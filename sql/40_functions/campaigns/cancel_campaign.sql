-- The end, before the work is done. What a provider may have finishes and is counted, and makes no next
-- job; everything else is called off in this transaction. Of an outreach, customers whom nobody reached
-- are free for another one.
create or replace function public.cancel_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of launch_campaign
set lock_timeout = '10min' -- an import that enrolls members is waited for; a pause is not kept waiting by it
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.take_campaign(p_campaign_id, 'cancel', v_dry_run);
  v_work record;
  v_freed integer;
begin
  if v_dry_run then
    select w.* into v_work from engine.open_work(v_campaign) as w;
    select count(*)::integer into v_freed from engine.items_to_free(v_campaign);
  else
    perform from public.outreach_items as i
    where i.team_id = v_campaign.team_id and i.campaign_id = v_campaign.id and i.status <> 'CANCELLED'
    order by i.id
    for update;
    perform engine.lock_open_jobs(array[v_campaign]);
    select w.* into v_work from engine.open_work(v_campaign) as w;
    update public.campaigns as c
    set status = 'CANCELLED', ended_at = engine.now(), updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
    perform engine.cancel_open_work(v_campaign);
    v_freed := engine.free_items(v_campaign);
  end if;
  return engine.tell_campaign_step(
    v_campaign, 'CANCELLED', v_dry_run,
    concat_ws(
      ' ',
      format(
        '"%s" %s cancelled for good. Called off: %s due now, %s that wait for their time. With a provider already, which '
        'finish and are counted: %s.',
        v_campaign.name, engine.tense(v_dry_run), v_work.queued, v_work.waiting, v_work.in_progress
      ),
      case when v_campaign.kind = 'outreach' then
        format('Customers whom nobody has reached, free for another outreach: %s.', v_freed)
      end
    ),
    to_jsonb(v_work) || jsonb_build_object('cancelled', v_work.waiting + v_work.queued, 'freed', v_freed)
  );
end
$$;
comment on function public.cancel_campaign(uuid, boolean) is
'Cancels a campaign that is not over: {campaign_id, from, to, dry_run, at, message, waiting, queued, in_progress, cancelled, '
'freed}; cancelled enrollments, and freed customers of an outreach. With p_dry_run nothing changes. OB002, OB004, OB008.';
revoke all on function public.cancel_campaign(uuid, boolean) from public;
grant execute on function public.cancel_campaign(uuid, boolean) to authenticated, service_role;
