-- What can come of a node in a simulation, how often when nobody says, and how long it takes.
create table reference.simulated_outcomes (
  node_type public.node_type not null,
  awaits_reply boolean not null,
  outcome public.job_outcome not null,
  weight integer not null,
  takes interval,
  constraint simulated_outcomes_pk primary key (node_type, awaits_reply, outcome),
  constraint simulated_outcomes_weight_is_positive check (weight > 0)
);
comment on table reference.simulated_outcomes is
'For calls, texts, and texts with a reply window: the outcomes that are possible, their shares in a sampled simulation.';
comment on column reference.simulated_outcomes.weight is 'Share of this outcome, in parts of the sum for its kind of node.';
comment on column reference.simulated_outcomes.takes is 'From sending to the outcome unless a script says so; null: the whole reply window.';
