-- What each rule of an edge matches: the single home of what an edge means. Validation finds
-- overlaps and gaps with it, the engine chooses edges with it.
create table reference.edge_rules (
  node_type public.node_type not null,
  rule text not null,
  outcome public.job_outcome not null,
  is_partial boolean not null default false,
  needs_reply_window boolean not null default false,
  constraint edge_rules_pk primary key (node_type, rule, outcome)
);
comment on table reference.edge_rules is 'For each kind of node, the rules of its edges and the outcomes that each rule matches.';
comment on column reference.edge_rules.is_partial is 'It matches only some results with this outcome: replies with one of its phrases.';
comment on column reference.edge_rules.needs_reply_window is 'A text with such an edge waits, so it needs a reply window.';
