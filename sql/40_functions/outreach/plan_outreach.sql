-- The members of a list as an outreach would treat them. The dry run counts them and the launch stores them: one
-- place decides. A customer is done once, whatever her numbers (engine.same_customers): what was done for her under
-- another one is a duplicate, unless that number was dead, and of several that come together the contact is taken that
-- the team has known longest. Items of p_outreach_id itself are no duplicates.
create or replace function engine.plan_outreach(
  p_list public.audience_lists, p_kind public.outreach_kind, p_channel public.contact_channel, p_outreach_id uuid default null
)
returns setof engine.planned_item
language plpgsql
stable
set search_path = ''
set jit = off
as $$
declare
  v_day date := (
    select (engine.now() at time zone t.timezone)::date from public.teams as t where t.id = p_list.team_id
  );
begin
  return query
  with members as materialized (
    select
      m.*, row_number() over () as ordinal, c.phone, c.servicetitan_customer_id as customer_id,
      p_kind = 'reschedule' and m.servicetitan_appointment_id is null as is_aimless,
      engine.outreach_hash(
        m.team_id, p_kind, p_channel, m.servicetitan_job_id, m.servicetitan_appointment_id, c.phone, v_day
      ) as dedupe_hash,
      cardinality(c.timezones) = 0 or exists (
        select from public.suppressions as s
        where s.team_id = m.team_id and s.phone = c.phone and s.channel = p_channel
      ) as is_unreachable
    from public.audience_members as m
    inner join public.contacts as c on m.team_id = c.team_id and m.contact_id = c.id
    where m.team_id = p_list.team_id and m.list_id = p_list.id
  ),

  others as materialized (
    select o.*
    from engine.same_customers(p_list.team_id, array(
      select (m.ordinal, m.contact_id, m.phone, m.customer_id)::engine.candidate from members as m where m.customer_id is not null
    )) as o
  ),

  works as materialized (
    select m.ordinal, engine.outreach_hash(
      m.team_id, p_kind, p_channel, m.servicetitan_job_id, m.servicetitan_appointment_id, o.phone, v_day
    ) as dedupe_hash
    from others as o
    inner join members as m on o.ordinal = m.ordinal
  ),

  known as (
    select m.ordinal, i.id, 1 as place
    from members as m
    inner join public.outreach_items as i on m.team_id = i.team_id and m.dedupe_hash = i.dedupe_hash
    where i.status <> 'CANCELLED' and i.outreach_id is distinct from p_outreach_id
    union all
    select w.ordinal, d.item_id, 2
    from engine.done_items(p_list.team_id, array(select w.dedupe_hash from works as w)) as d
    inner join works as w on d.dedupe_hash = w.dedupe_hash
    where d.has_place and d.outreach_id is distinct from p_outreach_id
  ),

  planned as (
    select
      m.*, k.id as item_id, not m.is_aimless and not m.is_unreachable and k.id is null as is_new,
      least(m.customer_id, o.customer_id) as any_id -- of merged customers the lowest
    from members as m
    left join (select n.ordinal, min(n.customer_id) as customer_id from others as n group by n.ordinal) as o on m.ordinal = o.ordinal
    left join (select distinct on (d.ordinal) d.* from known as d order by d.ordinal, d.place, d.id) as k
      on m.ordinal = k.ordinal and not m.is_aimless
  )

  select
    p.contact_id, p.phone, p.servicetitan_customer_id, p.servicetitan_job_id, p.servicetitan_appointment_id, p.dedupe_hash,
    p.is_aimless or (
      p.is_new and p.customer_id is not null
      and row_number() over (partition by p.any_id, p.is_new order by p.contact_id) > 1
    ),
    p.is_unreachable, p.item_id
  from planned as p;
end
$$;
comment on function engine.plan_outreach(public.audience_lists, public.outreach_kind, public.contact_channel, uuid) is
'Each member of a list as an outreach would treat it, with the item that exists for the same work and customer.';
revoke all on function engine.plan_outreach(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) from public;
