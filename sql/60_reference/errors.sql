-- Adding a code here means adding it to workers/errors.py and docs/errors.md; a test compares them.
insert into reference.errors (sqlstate, name, meaning, detail_shape) values
('OB001', 'validation failed', 'The input is wrong.', '[{code, severity, path, message, node_id?, edge_id?, row?, column?}]'),
('OB002', 'invalid transition', 'The status does not allow it.', '{entity, id, from, to, allowed[], action?}'),
('OB003', 'immutable', 'Published, archived, or no longer CREATED.', '{entity, id, status}'),
('OB004', 'not found', 'No such row in the caller''s teams.', '{entity, id}'),
('OB005', 'in use', 'Others depend on it.', '{entity, id, used_by[]}'),
('OB006', 'conflict', 'Saved by someone else since it was read.', '{expected, actual, saved_at, changes}'),
('OB007', 'not ready', 'A launch prerequisite is missing.', '{blockers[]}'),
('OB008', 'forbidden', 'The role may not.', '{role, needs}'),
('OB009', 'too many', 'A limit was hit.', '{limit, actual}')
on conflict (sqlstate) do update
  set name = excluded.name, meaning = excluded.meaning, detail_shape = excluded.detail_shape;
