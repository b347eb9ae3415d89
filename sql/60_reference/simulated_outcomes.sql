-- Shares as home-service campaigns see them, roughly; a script is there for whoever wants to be exact.
insert into reference.simulated_outcomes (node_type, awaits_reply, outcome, weight, takes)
select s.node_type::public.node_type, s.awaits_reply, s.outcome::public.job_outcome, s.weight, s.takes
from (
  values
  ('call', false, 'booked', 12, interval '4 minutes'),
  ('call', false, 'answered', 28, interval '2 minutes'),
  ('call', false, 'voicemail', 24, interval '40 seconds'),
  ('call', false, 'no_answer', 22, interval '40 seconds'),
  ('call', false, 'busy', 6, interval '10 seconds'),
  ('call', false, 'opted_out', 4, interval '1 minute'),
  ('call', false, 'undeliverable', 3, interval '5 seconds'),
  ('call', false, 'failed', 1, interval '5 seconds'),
  ('text', false, 'delivered', 90, interval '5 seconds'),
  ('text', false, 'undeliverable', 6, interval '5 seconds'),
  ('text', false, 'opted_out', 2, interval '5 seconds'),
  ('text', false, 'failed', 2, interval '5 seconds'),
  ('text', true, 'no_reply', 58, null),
  ('text', true, 'replied', 24, interval '12 minutes'),
  ('text', true, 'booked', 4, interval '20 minutes'),
  ('text', true, 'opted_in', 1, interval '12 minutes'),
  ('text', true, 'opted_out', 5, interval '12 minutes'),
  ('text', true, 'undeliverable', 6, interval '5 seconds'),
  ('text', true, 'failed', 2, interval '5 seconds')
) as s (node_type, awaits_reply, outcome, weight, takes)
on conflict (node_type, awaits_reply, outcome) do update set weight = excluded.weight, takes = excluded.takes;
