-- The answer of everything that is done with a campaign, before it and after: the same shape for all, with
-- the numbers of each.
create or replace function engine.tell_campaign_step(
  p_campaign public.campaigns, p_to public.campaign_status, p_dry_run boolean, p_message text, p_numbers jsonb
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'campaign_id', p_campaign.id, 'from', p_campaign.status, 'to', p_to, 'dry_run', coalesce(p_dry_run, false),
    'at', engine.now(), 'message', p_message
  ) || p_numbers
$$;
comment on function engine.tell_campaign_step(public.campaigns, public.campaign_status, boolean, text, jsonb) is
'What a step does or would do: {campaign_id, from, to, dry_run, at, message} and its numbers.';
revoke all on function
engine.tell_campaign_step(public.campaigns, public.campaign_status, boolean, text, jsonb) from public;
