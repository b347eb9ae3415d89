-- Whether an action is open to a campaign: the one place that knows, for the RPCs that act and for the
-- lists that say which buttons work.
create or replace function engine.action_refusal(p_campaign public.campaigns, p_action text)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when p_campaign.archived_at is not null and a.action = 'archive' then 'The campaign is archived already.'
    when p_campaign.archived_at is null and a.action = 'unarchive' then 'The campaign is not archived.'
    when p_campaign.archived_at is not null and a.action <> 'unarchive' then 'The campaign is archived; unarchive it first.'
    when p_campaign.status <> all(a.from_statuses) then format(
      'The campaign is %s; only one that is %s can be %s.', p_campaign.status,
      regexp_replace(array_to_string(a.from_statuses, ', '), ', ([^,]+)$', ' or \1'), a.participle
    )
  end
  from reference.campaign_actions as a
  where a.action = p_action
$$;
comment on function engine.action_refusal(public.campaigns, text) is
'Why an action is not open to a campaign, as a sentence; null when it is.';
revoke all on function engine.action_refusal(public.campaigns, text) from public;
