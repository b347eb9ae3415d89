-- `any` leaves out a booking, which goes on only over an edge that says `booked`, and an opt-out,
-- which never goes on. A call has no rule of its own for a number that cannot be called: to whoever draws one it
-- has failed. A trigger has no outcome of its own: its one rule matches whatever there is.
insert into reference.edge_rules (node_type, rule, outcome, is_partial, needs_reply_window)
select 'call'::public.node_type, r.rule, o.outcome, false, false
from (
  values
  ('booked', array['booked']),
  ('answered', array['answered']),
  ('voicemail', array['voicemail']),
  ('no_answer', array['no_answer']),
  ('busy', array['busy']),
  ('failed', array['undeliverable', 'failed']),
  ('not_booked', array['answered', 'voicemail', 'no_answer', 'busy', 'undeliverable', 'failed']),
  ('any', array['answered', 'voicemail', 'no_answer', 'busy', 'undeliverable', 'failed'])
) as r (rule, outcomes)
cross join unnest(r.outcomes::public.job_outcome[]) as o (outcome)
union all
select 'text', r.rule, o.outcome, r.rule = 'reply_matches', r.waits
from (
  values
  ('booked', array['booked'], true),
  ('replied', array['replied'], true),
  ('reply_matches', array['replied'], true),
  ('no_reply', array['no_reply'], true),
  ('opted_in', array['opted_in'], true),
  ('undeliverable', array['undeliverable'], false),
  ('failed', array['failed'], false),
  ('any', array['delivered', 'replied', 'no_reply', 'opted_in', 'undeliverable', 'failed'], false)
) as r (rule, outcomes, waits)
cross join unnest(r.outcomes::public.job_outcome[]) as o (outcome)
union all
select 'trigger', 'any', o.outcome, false, false
from unnest(enum_range(null::public.job_outcome)) as o (outcome)
on conflict (node_type, rule, outcome) do update
  set is_partial = excluded.is_partial, needs_reply_window = excluded.needs_reply_window;
