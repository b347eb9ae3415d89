-- What the choice of the next step depends on: the engine reads these from its rows, a simulation from
-- its script, and both ask the same functions.
create type engine.edge_choice as (
  id text,
  target text,
  rule text,
  phrases text array,
  delay interval,
  priority integer
);
comment on type engine.edge_choice is 'An edge as far as the choice among the edges of its node goes.';

create type engine.ended_visit as (
  node_type public.node_type,
  outcome public.job_outcome,
  reason_code text,
  reply_text text,
  retry jsonb,
  retries_left integer,
  dialled bigint,
  was_not_dialled boolean,
  edges engine.edge_choice array
);
comment on type engine.ended_visit is
'A visit of a node that is over: what came of it, the node''s retry rule and edges, what is left of the budget, how often the '
'person was tried here. A trigger is a visit without an outcome.';

create type engine.weighed_edge as (
  visit_no integer,
  edge_id text,
  target text,
  rule text,
  priority integer,
  delay interval,
  matches boolean,
  is_first boolean
);
comment on type engine.weighed_edge is
'An edge of a visit that is over: whether its rule matches, and whether it is the first that does. Visits count from 1.';

create type engine.decision as (
  visit_no integer,
  is_retry boolean,
  edge_id text,
  target text,
  delay interval,
  end_status public.enrollment_status,
  reason_code text
);
comment on type engine.decision is
'Where a journey goes after a visit: to the same node again, over an edge, or to its end (end_status).';
