-- Published workflows that a campaign can run: over which channels, and what still stands in their way besides
-- the sending number. Those of outreach are left out.
create or replace function engine.workflow_choices(p_team_id uuid, p_limit integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', w.id, 'lineage_id', w.lineage_id, 'name', w.name, 'version', w.version, 'published_at', w.published_at,
    'channels', to_jsonb(k.channels),
    'blockers', (
      select coalesce(jsonb_agg(jsonb_build_object('code', b.code, 'message', b.message) order by b.n, b.code), '[]')
      from (
        select a.n, a.code, a.message
        from unnest(k.channels) as c (channel)
        cross join lateral engine.account_blockers(
          p_team_id, engine.provider_for(c.channel), format('%ss need', c.channel)
        ) as a
        union all
        select s.n, s.code, s.message from engine.assistant_blockers(p_team_id, w.id) as s
      ) as b
    )
  ) order by w.name, w.version desc, w.id), '[]')
  from (
    select v.* from public.workflows as v
    where v.team_id = p_team_id and v.status = 'PUBLISHED' and not v.is_generated
    order by v.published_at desc, v.id desc
    limit p_limit
  ) as w
  cross join lateral (
    select array_agg(distinct n.type::text::public.contact_channel) as channels
    from public.workflow_nodes as n
    where n.team_id = w.team_id and n.workflow_id = w.id and n.type <> 'trigger'
  ) as k
$$;
comment on function engine.workflow_choices(uuid, integer) is
'[{id, lineage_id, name, version, published_at, channels[], blockers[{code, message}]}]: the last published.';
revoke all on function engine.workflow_choices(uuid, integer) from public;
