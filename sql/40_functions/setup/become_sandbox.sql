-- Turns an empty database into a sandbox, for good: a database that ever held a real team keeps
-- real time.
create or replace function engine.become_sandbox()
returns void
language plpgsql
security definer -- writes the deployment row
set search_path = ''
as $$
begin
  lock table public.teams in share mode;
  if exists (select from public.teams)
    and exists (select from engine.deployment where environment = 'production')
  then
    perform engine.refuse(
      'OB002',
      'Only an empty database can become a sandbox; this one has teams.',
      jsonb_build_object(
        'entity', 'deployment', 'id', null, 'from', 'production', 'to', 'sandbox', 'allowed', '[]'::jsonb
      ),
      'Use a new database for rehearsals.'
    );
  end if;
  update engine.deployment set environment = 'sandbox';
end
$$;
comment on function engine.become_sandbox() is 'Makes an empty database a sandbox, whose clock can be set. One-way.';
revoke all on function engine.become_sandbox() from public;
