-- Campaigns that run and whose jobs wait for a number or an assistant that was taken from them. The gate holds them
-- (engine.sending_hold); this is how operators hear of it, in the words of what would keep them from being resumed.
create or replace function engine.held_campaigns()
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(
    jsonb_build_object('team', t.name, 'campaign_id', c.id, 'campaign', c.name, 'blockers', k.blockers)
    order by t.name, c.name, c.id
  ), '[]')
  from public.campaigns as c
  inner join public.teams as t on c.team_id = t.id
  cross join lateral (
    select jsonb_agg(b.value order by b.ordinality) as blockers
    from jsonb_array_elements(engine.running_blockers(c)) with ordinality as b
    where b.value ->> 'code' like any(array['number\_not\_verified\_for\_%', 'assistant\_inactive'])
  ) as k
  where c.status = 'ACTIVE' and k.blockers is not null
$$;
comment on function engine.held_campaigns() is
'[{team, campaign_id, campaign, blockers[{code, message}]}]: ACTIVE campaigns whose calls or texts wait for what was taken from them.';
revoke all on function engine.held_campaigns() from public;
