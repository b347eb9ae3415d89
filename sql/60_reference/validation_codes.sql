-- In messages %1$s is the node or edge that the issue is about; what follows is what the check found.
insert into reference.validation_codes (code, severity, about, message, meaning, cure) values
(
  'graph_invalid', 'error', 'graph',
  'The graph is %2$s.',
  'What was sent is not a graph.',
  'Send an object with the lists nodes and edges, as React Flow''s toObject() gives it.'
),
(
  'nodes_invalid', 'error', 'graph',
  'The graph''s nodes are %2$s.',
  'The key nodes is missing or is not a list.',
  'Send nodes as a list, even when it is empty.'
),
(
  'edges_invalid', 'error', 'graph',
  'The graph''s edges are %2$s.',
  'The key edges is missing or is not a list.',
  'Send edges as a list, even when it is empty.'
),
(
  'trigger_missing', 'error', 'graph',
  'The workflow has no trigger.',
  'No node has the type trigger, so nothing would ever start.',
  'Add one node of type trigger and lead an edge from it to the first call or text.'
),
(
  'trigger_duplicate', 'error', 'node',
  '%1$s is a second trigger; %2$s is the first.',
  'A workflow starts in one place.',
  'Delete this trigger and lead its edges from the first one.'
),
(
  'trigger_has_incoming_edge', 'error', 'edge',
  '%1$s leads into the trigger.',
  'A trigger is where contacts come in from the list: nothing in the workflow can lead to it.',
  'Delete the edge, or lead it to a call or a text.'
),
(
  'trigger_has_no_outgoing_edge', 'error', 'node',
  '%1$s is a trigger that leads nowhere.',
  'Contacts would be enrolled and never reached.',
  'Lead an edge from the trigger to the first call or text.'
),
(
  'trigger_filter_unsupported', 'error', 'node',
  '%1$s has an entry filter, which is not supported yet.',
  'Whom a campaign enrolls is decided by its list and its exclusions.',
  'Remove the filter, or leave it empty.'
),
(
  'node_invalid', 'error', 'node',
  '%1$s is %2$s.',
  'An element of nodes is not an object.',
  'Send each node as {id, type, position, data}.'
),
(
  'node_id_invalid', 'error', 'node',
  '%1$s has %2$s as its id.',
  'Ids tell nodes apart and stay the same from save to save.',
  'Give it a text of 1 to 200 characters as its id.'
),
(
  'node_id_duplicate', 'error', 'node',
  '%1$s has the same id as the node at position %2$s.',
  'Two nodes have one id, so edges to it are ambiguous.',
  'Give each node an id of its own.'
),
(
  'node_type_unknown', 'error', 'node',
  '%1$s has %2$s as its type.',
  'There are three kinds of nodes.',
  'Use trigger, call or text.'
),
(
  'node_position_invalid', 'error', 'node',
  '%1$s has %2$s as its position.',
  'The position is where the editor draws the node.',
  'Send {x, y} as numbers between -1000000000 and 1000000000, or leave the position out.'
),
(
  'node_data_invalid', 'error', 'node',
  '%1$s has %2$s as its data.',
  'The settings of a node are an object.',
  'Send data as an object.'
),
(
  'node_label_invalid', 'error', 'node',
  '%1$s has %2$s as its label.',
  'A label is a short text.',
  'Use a text of at most 200 characters.'
),
(
  'node_unreachable', 'error', 'node',
  '%1$s can''t be reached from the trigger.',
  'No way leads from the trigger to this node, so nobody would ever get there.',
  'Lead an edge to it, or delete it.'
),
(
  'graph_cycle', 'error', 'node',
  '%1$s is in a cycle: %2$s.',
  'Each of these nodes leads back to itself, so a contact could be called for ever. The issue''s node_ids lists them all.',
  'Delete one of the edges between them; to try again, use the node''s retry.'
),
(
  'edge_invalid', 'error', 'edge',
  '%1$s is %2$s.',
  'An element of edges is not an object.',
  'Send each edge as {id, source, target, data}.'
),
(
  'edge_id_invalid', 'error', 'edge',
  '%1$s has %2$s as its id.',
  'Ids tell edges apart and stay the same from save to save.',
  'Give it a text of 1 to 200 characters as its id.'
),
(
  'edge_id_duplicate', 'error', 'edge',
  '%1$s has the same id as the edge at position %2$s.',
  'Two edges have one id.',
  'Give each edge an id of its own.'
),
(
  'edge_source_unknown', 'error', 'edge',
  '%1$s comes from %2$s, which is no node of this graph.',
  'An edge must begin at a node that is there.',
  'Lead it from a node of the graph, or delete it.'
),
(
  'edge_target_unknown', 'error', 'edge',
  '%1$s leads to %2$s, which is no node of this graph.',
  'An edge must end at a node that is there.',
  'Lead it to a node of the graph, or delete it.'
),
(
  'edge_self_loop', 'error', 'edge',
  '%1$s leads from a node to itself.',
  'A node can''t follow itself.',
  'Delete the edge; to try again, use the node''s retry.'
),
(
  'edge_duplicate', 'error', 'edge',
  '%1$s does the same as %2$s: same ends, same rule.',
  'Two edges between the same nodes have the same rule.',
  'Delete one of them; phrases of both can stand in one edge.'
),
(
  'edge_data_invalid', 'error', 'edge',
  '%1$s has %2$s as its data.',
  'The settings of an edge are an object.',
  'Send data as an object.'
),
(
  'edge_label_invalid', 'error', 'edge',
  '%1$s has %2$s as its label.',
  'A label is a short text.',
  'Use a text of at most 200 characters.'
),
(
  'edge_handle_invalid', 'error', 'edge',
  '%1$s has %2$s as its sourceHandle.',
  'The handle is React Flow''s name of the place where the edge begins.',
  'Use a text of at most 200 characters, or leave it out.'
),
(
  'edge_rule_missing', 'error', 'edge',
  '%1$s does not say when it is taken; here that can be %3$s.',
  'An edge out of a call or a text needs the rule data.when.',
  'Set data.when to one of these.'
),
(
  'edge_rule_unknown', 'error', 'edge',
  '%1$s has %2$s as its rule; here that can be %3$s.',
  'There is no such rule.',
  'Set data.when to one of these.'
),
(
  'edge_rule_unfit', 'error', 'edge',
  '%1$s has the rule %2$s, which does not fit where it comes from; here that can be %3$s.',
  'Calls, texts and triggers end in different ways, so their edges have different rules.',
  'Set data.when to one of these.'
),
(
  'edge_phrases_missing', 'error', 'edge',
  '%1$s is taken when a reply matches, but has no phrases.',
  'The rule reply_matches needs the phrases to look for.',
  'Set data.phrases to a list of words or phrases, or use the rule replied.'
),
(
  'edge_phrases_invalid', 'error', 'edge',
  '%1$s has %2$s among its phrases.',
  'Phrases are looked for in the reply as whole words, whatever their case.',
  'Use 1 to 100 texts of at most 200 characters, each with a letter, a digit or an emoji.'
),
(
  'edge_phrases_ignored', 'warning', 'edge',
  '%1$s has phrases, but its rule does not look at them.',
  'Only the rule reply_matches looks at phrases. They are dropped on save.',
  'Use the rule reply_matches, or remove the phrases.'
),
(
  'edge_delay_invalid', 'error', 'edge',
  '%1$s has %2$s as its delay.',
  'A delay is an ISO 8601 duration such as PT15M or P2D.',
  'Use weeks, days, hours, minutes and seconds in whole numbers, at most P365D in all; leave it out for none.'
),
(
  'edge_priority_invalid', 'error', 'edge',
  '%1$s has %2$s as its priority.',
  'The edge with the lowest number is tried first.',
  'Use a whole number from 0 to 10000.'
),
(
  'edge_priority_conflict', 'error', 'edge',
  '%1$s and %2$s can both match and have the same priority.',
  'Of two edges that can both match, the priority decides which is taken.',
  'Give them different priorities: the lowest number is tried first.'
),
(
  'edge_never_taken', 'warning', 'edge',
  '%1$s is never taken: edges that are tried before it match all that it matches.',
  'Everything that this edge matches is matched by edges with a lower number.',
  'Give it a lower priority number, change its rule, or delete it.'
),
(
  'fallback_missing', 'warning', 'node',
  '%1$s has no edge for: %2$s.',
  'The node has edges, but contacts with these outcomes end here.',
  'Add an edge on any with the highest priority number, if they should go on.'
),
(
  'dead_end', 'warning', 'node',
  '%1$s has no way on that ends with a booking or a text.',
  'Every path from here ends without an edge on a booking and without a text, so who is not reached hears nothing more.',
  'Add a text as the last try, if that is not what you want.'
),
(
  'assistant_missing', 'error', 'node',
  '%1$s has no assistant.',
  'A call is made by an assistant.',
  'Choose an assistant: set data.assistant_id.'
),
(
  'assistant_invalid', 'error', 'node',
  '%1$s has %2$s as its assistant.',
  'An assistant is named by its id, a UUID.',
  'Choose one of the team''s assistants.'
),
(
  'assistant_unknown', 'error', 'node',
  '%1$s names the assistant %2$s, which is not one of the team''s.',
  'The team has no assistant with this id.',
  'Choose one of the team''s assistants, or add it first.'
),
(
  'assistant_inactive', 'error', 'node',
  '%1$s names the assistant %2$s, which is not active.',
  'An assistant that is switched off can''t be used.',
  'Choose another one, or switch it on again.'
),
(
  'assistant_channel', 'error', 'node',
  '%1$s names the assistant %2$s, which is made for the other channel.',
  'A call needs an assistant for calls, a text one for texts.',
  'Choose an assistant for this channel.'
),
(
  'first_message_invalid', 'error', 'node',
  '%1$s has %2$s as its first message.',
  'The first message is what the assistant opens the call with.',
  'Use a text of at most 1000 characters, or leave it out for the assistant''s own.'
),
(
  'text_content_missing', 'error', 'node',
  '%1$s has nothing to say.',
  'A text needs a template or an assistant that writes it.',
  'Write a template, or choose an assistant for texts.'
),
(
  'text_content_ambiguous', 'error', 'node',
  '%1$s has both a template and an assistant.',
  'A text is written by a template or by an assistant, not by both.',
  'Remove one of them.'
),
(
  'template_invalid', 'error', 'node',
  '%1$s has %2$s as its template.',
  'A template is the body of the message.',
  'Use a text of at most 1600 characters.'
),
(
  'template_malformed', 'error', 'node',
  '%1$s has a template with %2$s, which is no variable.',
  'What stands in double braces must be a variable.',
  'Write {{name}} or {{name|text when it is missing}}; a name has letters, digits and underscores.'
),
(
  'template_variable_unknown', 'error', 'node',
  '%1$s has a template with the variable %2$s; known are %3$s.',
  'Unknown variables would leave a gap in the message.',
  'Use one of these; a text can add its own in template_overrides.'
),
(
  'template_overrides_invalid', 'error', 'node',
  '%1$s has %2$s in its template overrides.',
  'Overrides give variables a value of this node''s own.',
  'Send {name: value}; names have letters, digits and underscores, values are texts of at most 1600 characters.'
),
(
  'business_hours_invalid', 'error', 'node',
  '%1$s has %2$s in its business hours.',
  'Business hours are {timezone, windows: {monday: [{start, end}], …}}.',
  'Use the weekdays monday to sunday in lower case, each with a list of windows.'
),
(
  'business_hours_timezone_unknown', 'error', 'node',
  '%1$s has %2$s as the time zone of its business hours.',
  'Hours are counted in the contact''s zone, the team''s, or one that is named.',
  'Use contact, team, or an IANA name such as America/Denver.'
),
(
  'business_hours_window_invalid', 'error', 'node',
  '%1$s has %2$s as a window of its business hours.',
  'A window runs from start to end within one day.',
  'Use {start, end} as HH:MM, start before end, 24:00 for midnight; past midnight takes two windows.'
),
(
  'business_hours_overlap', 'error', 'node',
  '%1$s has windows that overlap on %2$s.',
  'Two windows of a weekday overlap.',
  'Join them into one.'
),
(
  'business_hours_never_open', 'error', 'node',
  '%1$s has business hours without a single window.',
  'Nobody would ever be reached.',
  'Add a window, or remove the business hours.'
),
(
  'business_hours_outside_legal', 'warning', 'node',
  '%1$s has business hours that never overlap the legal ones, %2$s.',
  'Contact is allowed only in the legal hours where the person is, so nobody would ever be reached.',
  'Move the windows into the legal hours.'
),
(
  'batching_invalid', 'error', 'node',
  '%1$s has %2$s in its batching.',
  'Batching spreads contacts: at most size of them in each interval.',
  'Send {size, interval}: a whole number from 1 to 100000 and a duration from PT1S to P7D.'
),
(
  'retry_invalid', 'error', 'node',
  '%1$s has %2$s in its retry; it can follow %3$s.',
  'A retry repeats the node after outcomes that may be better the next time.',
  'Send {outcomes, max_retries, delay}: some of these outcomes; 1 to 10; a duration from PT1S to P30D.'
),
(
  'reply_window_missing', 'error', 'node',
  '%1$s waits for a reply, but has no reply window.',
  'Edges on replied, no_reply, reply_matches, booked or opted_in make a text wait.',
  'Say how long: set data.reply_window, such as PT4H.'
),
(
  'reply_window_invalid', 'error', 'node',
  '%1$s has %2$s as its reply window.',
  'The reply window is how long a text waits for its answer.',
  'Use a duration from PT1S to P30D.'
)
on conflict (code) do update
  set
    severity = excluded.severity,
    about = excluded.about,
    message = excluded.message,
    meaning = excluded.meaning,
    cure = excluded.cure;
