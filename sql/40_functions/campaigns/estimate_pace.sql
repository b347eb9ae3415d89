-- When the first and the last of some groups of people would be contacted, each group within its open hours,
-- all of them within the batches of a node, an account's lines, and a number's rate and day. It walks through the
-- time in steps, skips what is closed, and serves first who closes first. Null caps are none; nothing is written.
create or replace function engine.estimate_pace(
  p_hours tstzmultirange[], p_people bigint[], p_from timestamptz, p_batch_size integer, p_batch_interval interval,
  p_per_minute double precision, p_daily_limit integer, p_left_today integer, p_timezone text
)
returns table (first_at timestamptz, last_at timestamptz, left_over bigint)
language plpgsql
stable
set search_path = ''
as $$
declare
  c_steps constant integer := 40000;
  v_width interval := extract(epoch from p_batch_interval) * interval '1 second';
  v_step interval := greatest(least(interval '5 minutes', v_width), interval '1 minute');
  v_union tstzmultirange := (select range_agg(h) from unnest(p_hours) as g (hours) cross join unnest(g.hours) as h);
  v_left bigint[] := p_people;
  v_at timestamptz := p_from;
  v_slot timestamptz;
  v_batch double precision := 'infinity'::double precision;
  v_day date := (p_from at time zone p_timezone)::date;
  v_today double precision := coalesce(p_left_today::double precision, 'infinity'::double precision);
  v_credit double precision := 0::double precision;
  v_room bigint;
  v_take bigint;
begin
  left_over := (select coalesce(sum(n), 0)::bigint from unnest(p_people) as n);
  for v_n in 1..c_steps loop
    exit when left_over = 0;
    v_at := engine.first_open(v_union, v_at);
    exit when v_at is null;
    if (v_at at time zone p_timezone)::date <> v_day then
      v_day := (v_at at time zone p_timezone)::date;
      v_today := coalesce(p_daily_limit::double precision, 'infinity'::double precision);
    end if;
    if p_batch_size is not null and date_bin(v_width, v_at, 'epoch') is distinct from v_slot then
      v_slot := date_bin(v_width, v_at, 'epoch');
      -- Batches shorter than a step come together.
      v_batch := (p_batch_size * greatest(1, extract(epoch from v_step) / extract(epoch from v_width)))::double precision;
    end if;
    v_credit := case
      when p_per_minute is null then 'infinity'::double precision
      else least(v_credit, 1) + p_per_minute * extract(epoch from v_step)::double precision / 60
    end;
    v_room := floor(least(v_batch, v_today, v_credit, left_over::double precision))::bigint;
    for v_group in 1..cardinality(p_hours) loop
      exit when v_room < 1;
      continue when v_left[v_group] = 0 or not p_hours[v_group] @> v_at;
      v_take := least(v_room, v_left[v_group]);
      v_left[v_group] := v_left[v_group] - v_take;
      left_over := left_over - v_take;
      v_room := v_room - v_take;
      v_batch := v_batch - v_take::double precision;
      v_today := v_today - v_take::double precision;
      v_credit := v_credit - v_take::double precision;
      first_at := coalesce(first_at, v_at);
      last_at := v_at;
    end loop;
    v_at := greatest(
      date_trunc('second', v_at) + v_step,
      -- What is used up for the slot, or for the day, need not be walked through.
      case when v_batch < 1 then v_slot + v_width end,
      case when v_today < 1 then (v_day + 1)::timestamp at time zone p_timezone end
    );
  end loop;
  last_at := case when left_over = 0 then last_at end;
  return next;
end
$$;
comment on function engine.estimate_pace(
  tstzmultirange[], bigint[], timestamptz, integer, interval, double precision, integer, integer, text
) is
'First and last contact of groups within hours and caps; last_at is null, and left_over says how many, when the hours end first.';
revoke all on function engine.estimate_pace(
  tstzmultirange[], bigint[], timestamptz, integer, interval, double precision, integer, integer, text
) from public;
