-- Tries once more just what failed, all of it or what failed for some reasons, and instead of a number that proved dead
-- the customer's other one, which was left out for it. A campaign that was over runs again. The gate judges each new job
-- as it does every other: whoever was suppressed since is not reached.
create or replace function public.retry_failed_enrollments(
  p_campaign_id uuid, p_reason_codes text[] default null, p_dry_run boolean default false
)
returns jsonb
language plpgsql
security definer -- writes public.campaigns and the engine, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
set jit = off
set statement_timeout = '10min' -- as of launch_campaign
as $$
declare
  v_dry_run boolean := coalesce(p_dry_run, false);
  v_campaign public.campaigns := engine.require_campaign(p_campaign_id, 'operator');
  v_counts jsonb;
  v_is_any boolean;
  v_blockers jsonb := '[]'::jsonb;
begin
  if not v_dry_run then
    perform engine.hold_places(v_campaign.team_id, v_campaign.id);
  end if;
  v_campaign := engine.take_campaign(p_campaign_id, 'retry', v_dry_run);
  v_counts := engine.count_failed_visits(v_campaign, p_reason_codes);
  v_is_any := v_counts ->> 'retried' <> '0';
  if v_dry_run and v_is_any and v_campaign.status = 'COMPLETED' then
    v_blockers := engine.running_blockers(v_campaign);
  elsif v_is_any and not v_dry_run then
    perform engine.reopen_campaign(v_campaign);
    perform engine.reopen_enrollments(v_campaign, p_reason_codes);
  end if;
  return engine.tell_campaign_step(
    v_campaign,
    case when v_is_any and v_campaign.status = 'COMPLETED' then 'ACTIVE' else v_campaign.status end,
    v_dry_run,
    concat_ws(
      ' ',
      format(
        'Tried again in "%s", with a whole budget of retries: %s of those who failed.', v_campaign.name,
        v_counts ->> 'retried'
      ),
      (
        select format('%s of them under a number that was left out for one that is dead.', r ->> 'enrollments')
        from jsonb_array_elements(v_counts -> 'by_reason') as r
        where r ->> 'reason_code' = 'same_customer'
      ),
      case when v_campaign.status = 'PAUSED' then 'They wait until it is resumed.' end,
      case when v_is_any and v_campaign.status = 'COMPLETED' then format('It %s active again.', engine.tense(v_dry_run)) end,
      (select format('Not before this is mended: %s', b.value ->> 'message') from jsonb_array_elements(v_blockers) as b limit 1)
    ),
    v_counts || jsonb_build_object('blockers', v_blockers)
  );
end
$$;
comment on function public.retry_failed_enrollments(uuid, text[], boolean) is
'Tries failed enrollments of an ACTIVE, PAUSED or COMPLETED campaign again, all or those with these reasons, and same_customer '
'ones whose other number proved dead: {campaign_id, '
'from, to, dry_run, at, message, retried, by_reason[{reason_code, enrollments}], by_node[{node_id, label, enrollments}], '
'blockers}. With p_dry_run nothing changes. OB002, OB004, OB007, OB008.';
revoke all on function public.retry_failed_enrollments(uuid, text[], boolean) from public;
grant execute on function public.retry_failed_enrollments(uuid, text[], boolean) to authenticated, service_role;
