-- Out of the way: what came of it stays, and nothing is done with it until it is taken out again.
create or replace function public.archive_campaign(p_campaign_id uuid, p_dry_run boolean default false)
returns jsonb
language sql
security definer -- writes public.campaigns, which no role may write; engine.take_campaign asks engine.require_role
set search_path = ''
as $$
  select engine.put_away(p_campaign_id, true, coalesce(p_dry_run, false))
$$;
comment on function public.archive_campaign(uuid, boolean) is
'Puts a campaign away that is CREATED, COMPLETED or CANCELLED: {campaign_id, from, to, dry_run, at, message, enrolled, archived}; '
'the status stays. With p_dry_run nothing changes. OB002, OB004, OB008.';
revoke all on function public.archive_campaign(uuid, boolean) from public;
grant execute on function public.archive_campaign(uuid, boolean) to authenticated, service_role;
