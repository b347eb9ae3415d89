-- How often an enrollment has been at a node so that the person was tried, since a retry by hand if there was one:
-- calls that nobody was dialled for do not count as retries.
create or replace function engine.count_tries(p_team_id uuid, p_enrollment_id uuid, p_node_id text, p_since timestamptz)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select count(*)
    from engine.jobs as v
    where v.team_id = p_team_id and v.enrollment_id = p_enrollment_id and v.node_id = p_node_id
      and (p_since is null or v.created_at >= p_since)
      and not (v.channel = 'call' and exists (
        select from engine.classify_ended_reason(v.reason_code) as k where k.scope <> 'job'
      ))
  );
end
$$;
comment on function engine.count_tries(uuid, uuid, text, timestamptz) is
'Visits of a node by an enrollment in which the person was tried; p_since: those made from then on.';
revoke all on function engine.count_tries(uuid, uuid, text, timestamptz) from public;
