-- What was done, or is about to be, for pieces of work that their hashes name: what was cancelled was not, and where a
-- number was only found to be dead another one may have the place. An item whose hold is under way has it.
create or replace function engine.done_items(p_team_id uuid, p_hashes bytea[])
returns table (
  dedupe_hash bytea, item_id uuid, outreach_id uuid, campaign_id uuid, enrollment engine.enrollments, has_place boolean
)
language plpgsql
stable
set search_path = ''
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  select i.dedupe_hash, i.id, i.outreach_id, i.campaign_id, e, e.id is null or engine.takes_place(e)
  from (select distinct h.hash from unnest(p_hashes) as h (hash)) as a
  cross join lateral (
    select k.*
    from public.outreach_items as k
    where k.team_id = p_team_id and k.dedupe_hash = a.hash and k.status <> 'CANCELLED'
    offset 0 -- looked up for each by its key, whatever statistics say
  ) as i
  left join engine.enrollments as e
    on e.team_id = p_team_id and i.campaign_id = e.campaign_id and i.contact_id = e.contact_id;
end
$$;
comment on function engine.done_items(uuid, bytea[]) is
'The items of outreaches with these hashes, their enrollments (null before), and whether each has the customer''s place.';
revoke all on function engine.done_items(uuid, bytea[]) from public;
