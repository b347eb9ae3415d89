-- Under which id each customer lives on: its own, or the one that it was merged into, over however many
-- merges. Merges in a circle end nowhere, so those customers are nobody.
create or replace function engine.living_customers(p_team_id uuid)
returns table (id bigint, living_id bigint)
language sql
stable
set search_path = ''
as $$
  with recursive merged as (
    select c.id, c.merged_to_id as living_id, 1 as steps
    from engine.servicetitan_customers as c
    where c.team_id = p_team_id and c.merged_to_id is not null
    union all
    select m.id, c.merged_to_id, m.steps + 1
    from merged as m
    inner join engine.servicetitan_customers as c on c.team_id = p_team_id and m.living_id = c.id
    where c.merged_to_id is not null and m.steps < 20
  )
  select l.id, l.living_id
  from (select distinct on (m.id) m.id, m.living_id, m.steps from merged as m order by m.id, m.steps desc) as l
  where l.steps < 20
  union all
  select c.id, c.id
  from engine.servicetitan_customers as c
  where c.team_id = p_team_id and c.merged_to_id is null
$$;
comment on function engine.living_customers(uuid) is 'The customers of a team, and the id under which each lives on.';
revoke all on function engine.living_customers(uuid) from public;
