-- Generous with stops, strict with bookings: "check_schedule" books nothing.
insert into reference.tool_names (pattern, meaning) values
('opt_?out', 'opt_out'),
('unsubscribe', 'opt_out'),
('(do_?not|dont|stop)_?(call|contact|text|messag)', 'opt_out'),
('^stop$', 'opt_out'),
('remove_?(me|number|contact|customer|from)', 'opt_out'),
('^(book|schedule)(_?(an?_?)?(appointment|booking|visit|job|service|slot))?$', 'booking'),
('^(make|create|confirm)_?(an?_?)?(appointment|booking)$', 'booking')
on conflict (pattern) do update set meaning = excluded.meaning;
