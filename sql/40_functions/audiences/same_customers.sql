-- Contacts of a team that have the same ServiceTitan customer are one customer with several numbers: the one rule for
-- who was reached, enrolled or booked already. A number is a contact, so whose number changes is two of them.
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
  select p.ordinal, c.id, c.phone, c.servicetitan_customer_id
  from unnest(p_candidates) as p
  cross join lateral (
    select k.id, k.phone, k.servicetitan_customer_id
    from public.contacts as k
    where k.team_id = p_team_id and k.servicetitan_customer_id = p.customer_id
    offset 0 -- looked up for each customer by its key, whatever statistics say
  ) as c
  where p.customer_id is not null and c.id is distinct from p.contact_id;
end
$$;
comment on function engine.same_customers(uuid, engine.candidate[]) is
'The other contacts of the candidates'' customers, each under the ordinal of its candidate; none of who is no customer.';
revoke all on function engine.same_customers(uuid, engine.candidate[]) from public;
