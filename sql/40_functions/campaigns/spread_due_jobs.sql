-- After a pause (of the campaign, or of the account that a channel goes through), everybody moves up the queue of a node by
-- as many places as have become due meanwhile: the due ones take the next places, those who had them take later ones, and
-- so on to the first gap. So the batches are never exceeded, nobody overtakes, and nobody is sent before the time that was
-- dealt to her: sorted, the new places are nowhere earlier than the old ones. Contacts share places only with
-- those of the same hours. The caller holds the campaign and its open jobs.
create or replace function engine.spread_due_jobs(p_campaign public.campaigns, p_channels public.contact_channel[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  c_chunk constant integer := 10000;
  v_node_id text;
  v_due uuid[];
  v_ids uuid[];
  v_places timestamptz[];
begin
  -- A loop over the nodes that deal their jobs out.
  for v_node_id in
    select n.id from public.workflow_nodes as n
    where n.team_id = p_campaign.team_id and n.workflow_id = p_campaign.workflow_id and n.config -> 'batching' is not null
      and n.type::text = any(p_channels::text[])
    order by n.id
  loop
    v_due := array(
      select j.id from engine.jobs as j
      where j.campaign_id = p_campaign.id and j.status = 'READY' and j.node_id = v_node_id and j.run_at <= engine.now()
      order by j.run_at, j.id
    );
    continue when v_due = '{}';
    perform pg_advisory_xact_lock(hashtextextended('pacing ' || p_campaign.id || ' ' || v_node_id, 0));
    perform engine.release_places(v_due);
    v_ids := '{}';
    v_places := '{}';
    for v_from in 1..cardinality(v_due) by c_chunk loop
      select v_ids || array_agg(f.job_id), v_places || array_agg(f.run_at) into v_ids, v_places
      from engine.find_places(v_due[v_from:v_from + c_chunk - 1]) as f;
    end loop;
    with queue as materialized (
      select j.id, j.run_at, coalesce(f.run_at, j.run_at) as place_at, p.timezones, p.regions
      from engine.jobs as j
      inner join public.contacts as p on j.team_id = p.team_id and j.contact_id = p.id
      left join unnest(v_ids, v_places) as f (id, run_at) on j.id = f.id
      where j.campaign_id = p_campaign.id and j.status = 'READY' and j.node_id = v_node_id
    ),

    moved as (
      select r.id, t.place_at
      from (
        select q.*, row_number() over (partition by q.timezones, q.regions order by q.run_at, q.id) as rank from queue as q
      ) as r
      inner join (
        select q.*, row_number() over (partition by q.timezones, q.regions order by q.place_at) as rank from queue as q
      ) as t on r.timezones = t.timezones and r.regions = t.regions and r.rank = t.rank
      where r.run_at <> t.place_at
    )

    update engine.jobs as j
    set
      run_at = m.place_at,
      -- Whoever was late at the resume stays as late; the move makes nobody late.
      due_at = j.due_at + greatest(m.place_at - greatest(j.run_at, engine.now()), interval '0')
    from moved as m
    where j.team_id = p_campaign.team_id and j.id = m.id;
  end loop;
end
$$;
comment on function engine.spread_due_jobs(public.campaigns, public.contact_channel[]) is
'Spreads the due jobs of a campaign''s channels by the batching of their nodes, in the order of their due times.';
revoke all on function engine.spread_due_jobs(public.campaigns, public.contact_channel[]) from public;
