-- When a simulated visit is due, by the functions that place real jobs, and what it waited for: the law,
-- the node's business hours, its batching. p_position is the contact's place among those who come to
-- the node at that moment.
create or replace function engine.simulate_place(
  p_node public.workflow_nodes,
  p_not_before timestamptz,
  p_contact engine.simulated_contact,
  p_position integer
)
returns engine.simulated_place
language plpgsql
stable
set search_path = ''
as $$
declare
  v_channel public.contact_channel := p_node.type::text::public.contact_channel;
  v_size integer := (p_node.config -> 'batching' ->> 'size')::integer;
  v_interval interval := (p_node.config -> 'batching' ->> 'interval')::interval;
  v_until timestamptz := engine.calendar_end(p_not_before, ceil(p_position::numeric / v_size), v_interval);
  v_hours tstzmultirange := engine.open_hours(
    v_channel, p_node.config -> 'business_hours', p_contact.team_timezone, p_contact.timezones, p_contact.regions, p_not_before, v_until
  );
  v_earliest timestamptz := engine.first_open(v_hours, p_not_before);
  v_legal timestamptz;
  v_due timestamptz := v_earliest;
begin
  if v_earliest is null then
    return null;
  end if;
  v_legal := engine.first_open(
    engine.open_hours(v_channel, null, p_contact.team_timezone, p_contact.timezones, p_contact.regions, p_not_before, v_until), p_not_before
  );
  if v_size is not null then
    v_due := coalesce((
      select s.run_at
      from engine.find_slots(
        null, null, p_node.id, v_size, v_interval, v_hours, v_earliest, p_position
      ) as s
      where p_position between s.rank_from and s.rank_to
    ), upper(v_hours));
  end if;
  v_due := date_trunc('second', v_due);
  return (v_due, engine.tell_waits(p_not_before, v_legal, v_earliest, v_due))::engine.simulated_place;
end
$$;
comment on function engine.simulate_place(public.workflow_nodes, timestamptz, engine.simulated_contact, integer) is
'Due time of a simulated visit and [{for, until}] of its waits; null when the node is never open for the contact.';
revoke all on function engine.simulate_place(public.workflow_nodes, timestamptz, engine.simulated_contact, integer) from public;
