-- The other way round: it can be launched or retried again, where its status allows.
create or replace function public.unarchive_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language sql
security definer -- writes public.campaigns, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
as $$
  select engine.put_away(p_campaign_id, false, coalesce(p_dry_run, false))
$$;
comment on function public.unarchive_campaign(uuid, boolean) is
'Takes an archived campaign out again: {campaign_id, from, to, dry_run, at, message, enrolled, archived}; '
'the status stays. With p_dry_run nothing changes. OB002, OB004, OB008.';
revoke all on function public.unarchive_campaign(uuid, boolean) from public;
grant execute on function public.unarchive_campaign(uuid, boolean) to authenticated, service_role;
