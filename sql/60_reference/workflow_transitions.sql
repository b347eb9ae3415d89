-- The life of a workflow, beside the other state machines.
insert into reference.transitions (entity, from_status, to_status) values
('workflow', 'DRAFT', 'PUBLISHED'),
('workflow', 'DRAFT', 'ARCHIVED'),
('workflow', 'PUBLISHED', 'ARCHIVED')
on conflict do nothing;
