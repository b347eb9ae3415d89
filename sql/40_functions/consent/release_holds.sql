-- Holds of appointments that nobody has asked ServiceTitan for yet, for people who are being stopped: the
-- person is accounted for in the campaign as suppressed, and the appointment is left alone. A hold that a
-- worker has in hand, or asked for and died, ends on its own way, which looks at the suppressions too.
-- Whatever is locked is skipped: engine.begin_hold asks again before anything is held.
create or replace function engine.release_holds(p_stops engine.stop[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_item public.outreach_items;
begin
  -- One at a time: a person has one or two. Each is enrolled in the campaign of its own outreach.
  for v_item in
    select i.*
    from unnest(p_stops) as s
    inner join public.contacts as p on s.team_id = p.team_id and s.phone = p.phone
    inner join public.outreach_items as i on p.team_id = i.team_id and p.id = i.contact_id
    inner join public.outreaches as o on i.team_id = o.team_id and i.outreach_id = o.id
    where i.status = 'HOLDING' and (s.channel is null or s.channel = o.channel) and exists (
      select from engine.tasks as t
      where t.team_id = i.team_id and t.kind = 'hold' and t.subject_id = i.id and t.status = 'READY'
        and t.progress -> 'began' is distinct from 'true'
    )
    order by i.id
    for update of i skip locked
  loop
    perform from public.campaigns as c
    where c.team_id = v_item.team_id and c.id = v_item.campaign_id
    for share skip locked;
    if found then
      perform engine.enroll_item(v_item);
    end if;
  end loop;
end
$$;
comment on function engine.release_holds(engine.stop[]) is 'Ends holds that have not begun for numbers that are being stopped.';
revoke all on function engine.release_holds(engine.stop[]) from public;
