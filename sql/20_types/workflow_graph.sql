-- A graph as validation reads it once, and then hands from check to check: arrays of these instead
-- of the JSON, which would be searched anew by each. Elements are named by their position in the
-- graph, because ids may be missing, of the wrong type, or there twice.
create type engine.graph_node as (
  node_no integer,
  id text,
  type public.node_type,
  element jsonb,
  data jsonb
);
comment on type engine.graph_node is
'One element of nodes: position from 0, id (null when unusable), type (null when unknown), the whole, its data (an object).';

create type engine.graph_edge as (
  edge_no integer,
  id text,
  source_no integer,
  target_no integer,
  source_type public.node_type,
  rule text,
  priority integer,
  element jsonb,
  data jsonb
);
comment on type engine.graph_edge is
'One element of edges: its ends as positions of nodes (null: no such node), rule and priority (null when unusable).';

create type engine.graph_issue as (
  code text,
  node_no integer,
  edge_no integer,
  path text,
  words text array,
  other_no integer,
  node_nos integer array
);
comment on type engine.graph_issue is
'A problem before it is put into words: code, place, what to name, what it collides with, all nodes concerned.';
