-- What happened to the campaign itself: its diary.
create or replace function engine.tell_campaign(p_campaign public.campaigns)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  select
    s.step_at, case s.reason when 'created' then -3 when 'scheduled' then -2 when 'launched' then -1 else 1000001 end,
    0, 'campaign',
    format('The campaign was %s%s.', s.reason, case
      when s.reason = 'resumed' then ', and what was due was spread by the batches of its nodes'
      when s.reason = 'retried' then ', and failed journeys of it opened again'
    end),
    jsonb_build_object('step', s.reason, 'from', s.from_status, 'to', s.to_status, 'user_id', s.user_id)
  from engine.campaign_steps as s
  where s.team_id = p_campaign.team_id and s.campaign_id = p_campaign.id
$$;
comment on function engine.tell_campaign(public.campaigns) is 'A line for each step of a campaign: {step, from, to, user_id}.';
revoke all on function engine.tell_campaign(public.campaigns) from public;
