-- Which buttons work, and why the others don't.
create or replace function engine.campaign_actions(p_campaign public.campaigns, p_may_act boolean)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_agg(
    jsonb_build_object('action', a.action, 'allowed', r.reason is null, 'reason', r.reason) order by a.place
  )
  from reference.campaign_actions as a
  cross join lateral (
    select case when p_may_act then engine.action_refusal(p_campaign, a.action) else 'This needs the role operator.' end as reason
  ) as r
$$;
comment on function engine.campaign_actions(public.campaigns, boolean) is
'The actions on a campaign: [{action, allowed, reason}], the reason null when it is allowed.';
revoke all on function engine.campaign_actions(public.campaigns, boolean) from public;
