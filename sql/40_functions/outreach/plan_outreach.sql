-- The members of a list as an outreach would treat them. The dry run counts them and the launch stores
-- them: one place decides.
create or replace function engine.plan_outreach(
  p_list public.audience_lists, p_kind public.outreach_kind, p_channel public.contact_channel
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
  select
    p.contact_id, p.phone, p.servicetitan_customer_id, p.servicetitan_job_id, p.servicetitan_appointment_id,
    p.dedupe_hash, p_kind = 'reschedule' and p.servicetitan_appointment_id is null, p.is_unreachable, i.id
  from (
    select
      m.contact_id, c.phone, m.servicetitan_customer_id, m.servicetitan_job_id, m.servicetitan_appointment_id,
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
  ) as p
  left join public.outreach_items as i
    on i.team_id = p_list.team_id and p.dedupe_hash = i.dedupe_hash and i.status <> 'CANCELLED'
    and not (p_kind = 'reschedule' and p.servicetitan_appointment_id is null);
end
$$;
comment on function engine.plan_outreach(public.audience_lists, public.outreach_kind, public.contact_channel) is
'Each member of a list as an outreach would treat it, with the item that exists for the same hash.';
revoke all on function engine.plan_outreach(
  public.audience_lists, public.outreach_kind, public.contact_channel
) from public;
