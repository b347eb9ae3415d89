-- Sets that functions of the audiences hand to each other.
create type engine.member_change as (
  team_id uuid,
  list_id uuid,
  change bigint
);
comment on type engine.member_change is 'By how many members a list grew or shrank.';
