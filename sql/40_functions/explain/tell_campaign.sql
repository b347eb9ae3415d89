-- What happened to the campaign itself.
create or replace function engine.tell_campaign(p_campaign public.campaigns)
returns setof engine.told
language sql
stable
set search_path = ''
as $$
  select k.at, k.job_no, 0, 'campaign', k.message, jsonb_build_object('status', k.status)
  from (values
    (p_campaign.created_at, -2, 'CREATED', 'The campaign was created.'),
    (p_campaign.started_at, -1, 'ACTIVE', 'The campaign was launched.'),
    (p_campaign.ended_at, 1000001, p_campaign.status::text, format('The campaign was %s.', lower(p_campaign.status::text)))
  ) as k (at, job_no, status, message)
  where k.at is not null
$$;
comment on function engine.tell_campaign(public.campaigns) is 'A line for each step of a campaign: {status}.';
revoke all on function engine.tell_campaign(public.campaigns) from public;
