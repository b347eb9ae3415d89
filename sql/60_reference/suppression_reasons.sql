-- docs/consent.md shows this table; a test keeps the two equal.
insert into reference.suppression_reasons (reason, set_by, lifted_by, meaning) values
('opted_out', 'people', 'person', 'The person said stop.'),
('do_not_contact', 'people', 'admin', 'The team decided not to contact the number, or a do-not-contact list has it.'),
('invalid', 'people', 'admin', 'The number reaches nobody, or somebody else.'),
('litigator', 'people', 'admin', 'The person is known to sue over calls and texts.'),
('do_not_text', 'servicetitan', 'servicetitan', 'ServiceTitan marks the number doNotText. Stops texts only.'),
('do_not_service', 'servicetitan', 'servicetitan', 'The number is that of a customer whom ServiceTitan marks doNotService.')
on conflict (reason) do update
  set set_by = excluded.set_by, lifted_by = excluded.lifted_by, meaning = excluded.meaning;
