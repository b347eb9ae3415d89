-- What an event of a provider says, in a sentence.
create or replace function engine.tell_event(p_event engine.events, p_reading engine.reading)
returns text
language sql
stable
set search_path = ''
as $$
  select concat_ws(
    ' ',
    case
      when p_event.type = 'inbound' then format('The contact wrote: "%s".', left(p_event.payload ->> 'Body', 200))
      when p_reading.kind = 'final' then format('%s told the end: %s (%s).', w.who, p_reading.outcome, p_reading.reason_code)
      when p_reading.kind = 'opt_out' then 'The assistant recorded an opt-out during the call.'
      when p_reading.kind = 'booking' then 'The assistant booked during the call.'
      when p_reading.kind = 'delivered' then format('%s told that the text was %s.', w.who, p_reading.reason_code)
      when p_reading.kind = 'ended' then format('%s told that the call was over (%s).', w.who, p_reading.reason_code)
      when p_reading.kind = 'progress' and p_reading.reason_code is not null
        then format('%s told how far it was: %s.', w.who, p_reading.reason_code)
      when p_reading.kind = 'progress' then format('%s told that it was going on.', w.who)
      else format('%s told something that changes nothing (%s).', w.who, p_event.type)
    end,
    case when p_event.result = 'waiting' then 'It waits to be applied.' end
  )
  from (select initcap(p_event.provider::text) as who) as w
$$;
comment on function engine.tell_event(engine.events, engine.reading) is 'What an event says, as a sentence.';
revoke all on function engine.tell_event(engine.events, engine.reading) from public;
