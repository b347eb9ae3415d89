-- Tests act as named persons. A person is an e-mail address; being one means the role and the claims
-- that PostgREST sets for that person's token.
create function tests.user_id(p_email text)
returns uuid
language sql
stable
security definer -- a person asks for ids of others
set search_path = ''
as $$
  select id from auth.users where email = p_email
$$;

-- Makes a person, or finds the one that is there.
create function tests.create_user(p_email text)
returns uuid
language sql
volatile
security definer -- only the auth service writes this table
set search_path = ''
as $$
  insert into auth.users (id, email, aud, role)
  select gen_random_uuid(), p_email, 'authenticated', 'authenticated'
  where tests.user_id(p_email) is null;
  select id from auth.users where email = p_email
$$;

-- From here on, until the end of the transaction, every statement is this person's.
create function tests.act_as(p_email text)
returns void
language plpgsql
as $$
begin
  perform set_config(
    'request.jwt.claims',
    jsonb_build_object('sub', tests.create_user(p_email), 'email', p_email, 'role', 'authenticated')::text,
    true
  );
  perform set_config('role', 'authenticated', true);
end
$$;

-- A role of the API or the workers: anon, service_role, outbound_worker.
create function tests.act_as_role(p_role text)
returns void
language plpgsql
as $$
begin
  perform set_config('request.jwt.claims', jsonb_build_object('role', p_role)::text, true);
  perform set_config('role', p_role, true);
end
$$;

-- Back to the superuser who runs the test.
create function tests.act_as_superuser()
returns void
language plpgsql
as $$
begin
  perform set_config('request.jwt.claims', '', true);
  perform set_config('role', 'none', true);
end
$$;
