-- Sets that functions of the audiences hand to each other.
create type engine.list_change as (
  team_id uuid,
  list_id uuid,
  change bigint
);
comment on type engine.list_change is 'By how many members, or campaigns, a list grew or shrank.';

create type engine.candidate as (
  ordinal bigint,
  contact_id uuid,
  phone text,
  customer_id bigint
);
comment on type engine.candidate is
'Somebody who may be left out: contact_id is null while the team does not know the number, customer_id without ServiceTitan.';
