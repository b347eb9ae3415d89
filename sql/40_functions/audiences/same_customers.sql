-- Contacts of a team that have the same ServiceTitan customer are one customer with several numbers: the one rule for
-- who was reached, enrolled or booked already. A number is a contact, so whose number changes is two of them. Customers
-- that were merged are one, over however many merges; hardly any are, so that is looked into only where there are some.
create or replace function engine.same_customers(p_team_id uuid, p_candidates engine.candidate[])
returns setof engine.candidate
language plpgsql
stable
set search_path = ''
set jit = off
set join_collapse_limit = 1 -- see docs/scaling.md: plans follow the written order, from the given set to rows by key
as $$
begin
  return query
  with recursive merged as (
    select p.ordinal, p.contact_id, p.customer_id, p.customer_id as id
    from unnest(p_candidates) as p
    where p.customer_id is not null and exists (
      select from engine.servicetitan_customers as m where m.team_id = p_team_id and m.merged_to_id is not null
    )
    union
    select f.ordinal, f.contact_id, f.customer_id, n.id
    from merged as f
    cross join lateral (
      select m.merged_to_id as id
      from engine.servicetitan_customers as m
      where m.team_id = p_team_id and m.id = f.id and m.merged_to_id is not null
      union all
      select m.id from engine.servicetitan_customers as m where m.team_id = p_team_id and m.merged_to_id = f.id
    ) as n
  )

  select p.ordinal, c.id, c.phone, c.servicetitan_customer_id
  from (
    select p.ordinal, p.contact_id, p.customer_id from unnest(p_candidates) as p where p.customer_id is not null
    union all
    select m.ordinal, m.contact_id, m.id from merged as m where m.id <> m.customer_id
  ) as p
  cross join lateral (
    select k.id, k.phone, k.servicetitan_customer_id
    from public.contacts as k
    where k.team_id = p_team_id and k.servicetitan_customer_id = p.customer_id
    offset 0 -- looked up for each customer by its key, whatever statistics say
  ) as c
  where c.id is distinct from p.contact_id;
end
$$;
comment on function engine.same_customers(uuid, engine.candidate[]) is
'The other contacts of the candidates'' customers, each under the ordinal of its candidate; none of who is no customer.';
revoke all on function engine.same_customers(uuid, engine.candidate[]) from public;
