-- What the triggers of the state machines call: a terminal state never goes back, and no function,
-- however wrong, can take a step that the design does not have. The argument is the entity's name.
create or replace function engine.refuse_step()
returns trigger
language plpgsql
security definer -- whoever writes, and whatever that role may read
set search_path = ''
as $$
begin
  perform engine.refuse(
    'OB002',
    format('A %s cannot go from %s to %s.', tg_argv[0], old.status, new.status),
    jsonb_build_object(
      'entity', tg_argv[0], 'id', old.id, 'from', old.status, 'to', new.status,
      'allowed', engine.legal_steps(tg_argv[0], old.status::text)
    ),
    ''
  );
  return null;
end
$$;
comment on function engine.refuse_step() is 'Raises OB002 for a step that a state machine does not have.';
revoke all on function engine.refuse_step() from public;
