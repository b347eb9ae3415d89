-- For each code of validation a smallest graph that has the problem, and the same graph with the cure
-- applied, which has no issue at all; beside lists what can't but come with it. The capitals stand for
-- ids of the team's own assistants. The reference in docs/workflows.md shows what differs between the two.
insert into reference.validation_examples (code, beside, example, cured) values
(
  'graph_invalid', '{}',
  '[]',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'nodes_invalid', '{}',
  '{"nodes": {"start": {"type": "trigger"}}, "edges": []}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edges_invalid', '{trigger_has_no_outgoing_edge}',
  '{"nodes": [{"id": "start", "type": "trigger"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_missing', '{}',
  '{"nodes": [], "edges": []}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_duplicate', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "again", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "again", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_has_incoming_edge', '{graph_cycle}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "start", "data": {"when": "any"}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_has_no_outgoing_edge', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}], "edges": []}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'trigger_filter_unsupported', '{}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": {"filter": {"tag": "vip"}}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_invalid', '{node_unreachable}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}, "Bye"],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'node_id_invalid', '{node_unreachable}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": 7, "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'node_id_duplicate', '{node_unreachable}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "text", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'node_type_unknown', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "sms", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_position_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}, "position": {"x": "left", "y": 0}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}, "position": {"x": 320, "y": 0}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_data_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": "Start"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": {"label": "Start"}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_label_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": {"label": 1}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger", "data": {"label": "Step 1"}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'node_unreachable', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'graph_cycle', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}},
    {"id": "e3", "source": "bye", "target": "text", "data": {"when": "any"}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, "text to bye"]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_id_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_id_duplicate', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e1", "source": "text", "target": "bye", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_source_unknown', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "ghost", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_target_unknown', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "ghost", "data": {"when": "any"}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_self_loop', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_duplicate', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["yes"], "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["ok"], "priority": 2}},
    {"id": "e4", "source": "text", "target": "bye", "data": {"when": "any", "priority": 3}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["yes", "ok"], "priority": 1}},
    {"id": "e4", "source": "text", "target": "bye", "data": {"when": "any", "priority": 3}}
  ]}'
),
(
  'edge_data_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "data": "PT15M"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"delay": "PT15M"}}
  ]}'
),
(
  'edge_label_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "data": {"label": 1}}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"label": "Step 1"}}
  ]}'
),
(
  'edge_handle_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "sourceHandle": 1}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "sourceHandle": "1"}]}'
),
(
  'edge_rule_missing', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_rule_unknown', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "always"}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_rule_unfit', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "voicemail"}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}, {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any"}}]}'
),
(
  'edge_phrases_missing', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches"}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["yes"]}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'edge_phrases_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["?!"]}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "reply_matches", "phrases": ["yes"]}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'edge_phrases_ignored', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"phrases": ["yes"]}}
  ]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'edge_delay_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"delay": "P1M"}}
  ]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"delay": "P30D"}}
  ]}'
),
(
  'edge_priority_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [
    {"id": "e1", "source": "start", "target": "text", "data": {"priority": "first"}}
  ]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text", "data": {"priority": 1}}]}'
),
(
  'edge_priority_conflict', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 1}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'edge_never_taken', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 2}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}}
  ]}'
),
(
  'fallback_missing', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "failed", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'dead_end', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_missing', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "call", "type": "call", "data": {}}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "Ava"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_unknown', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "00000000-0000-4000-8000-000000000000"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_inactive', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "INACTIVE_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'assistant_channel', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "TEXT_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'first_message_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID", "first_message": ["Hi"]}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "call", "type": "call", "data": {"assistant_id": "CALL_ASSISTANT_ID", "first_message": "Hi"}},
    {"id": "text", "type": "text", "data": {"template": "Hello"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "call"}, {"id": "e2", "source": "call", "target": "text", "data": {"when": "any"}}]}'
),
(
  'text_content_missing', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {}}], "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'text_content_ambiguous', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "assistant_id": "TEXT_ASSISTANT_ID"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'template_invalid', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": ["Hello"]}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hello"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'template_malformed', '{}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hi {{first name}}"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [{"id": "start", "type": "trigger"}, {"id": "text", "type": "text", "data": {"template": "Hi {{first_name}}"}}],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'template_variable_unknown', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Your {{unit}} is due"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Your {{unit}} is due", "template_overrides": {"unit": "furnace"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'template_overrides_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Unit {{unit}} is due", "template_overrides": {"unit": 5}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Unit {{unit}} is due", "template_overrides": {"unit": "5"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"Mon": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_timezone_unknown', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {
      "template": "Hello", "business_hours": {"timezone": "PST", "windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {
      "template": "Hello", "business_hours": {"timezone": "America/Los_Angeles", "windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_window_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "17:00", "end": "09:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_overlap', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {
      "template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "13:00"}, {"start": "12:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_never_open', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": []}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'business_hours_outside_legal', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "21:00", "end": "24:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "business_hours": {"windows": {"monday": [{"start": "09:00", "end": "17:00"}]}}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'batching_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "batching": {"size": 0, "interval": "PT5M"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "batching": {"size": 50, "interval": "PT5M"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'retry_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "retry": {"outcomes": ["no_reply"], "max_retries": 1, "delay": "PT1H"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "retry": {"outcomes": ["failed"], "max_retries": 1, "delay": "PT1H"}}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
),
(
  'reply_window_missing', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "no_reply", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}},
    {"id": "bye", "type": "text", "data": {"template": "Bye"}}
  ],
  "edges": [
    {"id": "e1", "source": "start", "target": "text"},
    {"id": "e2", "source": "text", "target": "bye", "data": {"when": "no_reply", "priority": 1}},
    {"id": "e3", "source": "text", "target": "bye", "data": {"when": "any", "priority": 2}}
  ]}'
),
(
  'reply_window_invalid', '{}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "4 hours"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}',
  '{"nodes": [
    {"id": "start", "type": "trigger"},
    {"id": "text", "type": "text", "data": {"template": "Hello", "reply_window": "PT4H"}}
  ],
  "edges": [{"id": "e1", "source": "start", "target": "text"}]}'
)
on conflict (code) do update
  set beside = excluded.beside, example = excluded.example, cured = excluded.cured;
