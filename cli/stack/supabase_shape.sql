-- Makes a database look like a hosted Supabase project where it matters to this product, so that what a hosted
-- project would refuse is refused here too: `postgres` owns the database and is not a superuser, the API's roles have
-- their attributes and time limits, auth.users and the auth functions are there, and what is created in public is
-- granted to the API's roles unless it is revoked.
--
-- Run by the superuser, in the database to shape, as often as one likes. Roles belong to the whole server; the rest
-- to this database. What no part of the product touches (storage, realtime, vault) is left out.

set client_min_messages = warning;
-- two databases of one server may be shaped at once, and both want to create the same roles
select pg_advisory_lock(hashtext('outbound.supabase_shape'));

-- roles ---------------------------------------------------------------------------------------------------------

do $$
declare
    v_role record;
begin
    for v_role in
        select * from (values
            ('anon', 'nologin'),
            ('authenticated', 'nologin'),
            ('service_role', 'nologin bypassrls'),
            ('authenticator', 'login noinherit'),
            ('supabase_auth_admin', 'login noinherit createrole'),
            ('postgres', 'login createdb createrole replication bypassrls')
        ) as wanted (name, attributes)
        where not exists (select from pg_roles where rolname = wanted.name)
    loop
        execute format('create role %I %s', v_role.name, v_role.attributes);
    end loop;
end
$$;

grant anon, authenticated, service_role to authenticator;

do $$
begin
    if current_setting('server_version_num')::int >= 160000 then
        -- from 16 on, createrole alone lets nobody manage roles that somebody else has made
        grant anon, authenticated, service_role, authenticator, pg_monitor, pg_read_all_data, pg_signal_backend
            to postgres with admin option;
    else
        grant anon, authenticated, service_role, pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
    end if;
end
$$;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_auth_admin set search_path = auth;

-- the database and its schema public ------------------------------------------------------------------------------

do $$
begin
    -- the owner of public is pg_database_owner, and with that postgres
    execute format('alter database %I owner to postgres', current_database());
end
$$;

grant usage on schema public to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
    grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
    grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
    grant all on sequences to postgres, anon, authenticated, service_role;

create schema if not exists extensions;
grant all on schema extensions to postgres;
grant usage on schema extensions to anon, authenticated, service_role;

-- auth: what Supabase Auth would have made --------------------------------------------------------------------------

create schema if not exists auth authorization supabase_auth_admin;
grant usage on schema auth to anon, authenticated, service_role, postgres;

create table if not exists auth.users (
    instance_id uuid,
    id uuid not null primary key,
    aud character varying(255),
    role character varying(255),
    email character varying(255),
    encrypted_password character varying(255),
    email_confirmed_at timestamp with time zone,
    invited_at timestamp with time zone,
    confirmation_token character varying(255),
    confirmation_sent_at timestamp with time zone,
    recovery_token character varying(255),
    recovery_sent_at timestamp with time zone,
    email_change_token_new character varying(255),
    email_change character varying(255),
    email_change_sent_at timestamp with time zone,
    last_sign_in_at timestamp with time zone,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    is_super_admin boolean,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    phone text unique default null,
    phone_confirmed_at timestamp with time zone,
    phone_change text default '',
    phone_change_token character varying(255) default '',
    phone_change_sent_at timestamp with time zone,
    confirmed_at timestamp with time zone generated always as (least(email_confirmed_at, phone_confirmed_at)) stored,
    email_change_token_current character varying(255) default '',
    email_change_confirm_status smallint default 0,
    banned_until timestamp with time zone,
    reauthentication_token character varying(255) default '',
    reauthentication_sent_at timestamp with time zone,
    is_sso_user boolean not null default false,
    deleted_at timestamp with time zone,
    is_anonymous boolean not null default false
);
create unique index if not exists users_email_partial_key on auth.users (email) where is_sso_user = false;

create table if not exists auth.sessions (
    id uuid not null primary key,
    user_id uuid not null references auth.users (id) on delete cascade,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    not_after timestamp with time zone
);
create index if not exists sessions_user_id_idx on auth.sessions (user_id);

create table if not exists auth.refresh_tokens (
    instance_id uuid,
    id bigserial primary key,
    token character varying(255) unique,
    user_id character varying(255),
    revoked boolean,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    parent character varying(255),
    session_id uuid references auth.sessions (id) on delete cascade
);
create index if not exists refresh_tokens_session_id_idx on auth.refresh_tokens (session_id, revoked);

alter table auth.users owner to supabase_auth_admin;
alter table auth.sessions owner to supabase_auth_admin;
alter table auth.refresh_tokens owner to supabase_auth_admin;
alter table auth.users enable row level security;
alter table auth.sessions enable row level security;
alter table auth.refresh_tokens enable row level security;
grant all on auth.users, auth.sessions, auth.refresh_tokens to postgres;
grant all on sequence auth.refresh_tokens_id_seq to postgres;

-- PostgREST hands over the claims of a verified token as the setting request.jwt.claims
create or replace function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
    )::jsonb
$$;

create or replace function auth.uid() returns uuid language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    )::uuid
$$;

create or replace function auth.role() returns text language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    )::text
$$;

create or replace function auth.email() returns text language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.email', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
    )::text
$$;

alter function auth.jwt() owner to supabase_auth_admin;
alter function auth.uid() owner to supabase_auth_admin;
alter function auth.role() owner to supabase_auth_admin;
alter function auth.email() owner to supabase_auth_admin;

-- realtime and cron -------------------------------------------------------------------------------------------------

do $$
begin
    if not exists (select from pg_publication where pubname = 'supabase_realtime') then
        set local log_min_messages = error;  -- it warns that nobody can subscribe here
        set local client_min_messages = error;
        create publication supabase_realtime;
    end if;
end
$$;
alter publication supabase_realtime owner to postgres;

do $$
begin
    -- pg_cron lives in one database of a server, and lets one other name have its tables: the developer tools copy
    -- that one, where nothing ever runs. It belongs to pg_catalog, as on a hosted project.
    if exists (select from pg_available_extensions where name = 'pg_cron')
        and current_database() in (current_setting('cron.database_name', true), 'contrib_regression')
    then
        create extension if not exists pg_cron with schema pg_catalog;
        grant usage on schema cron to postgres with grant option;
        grant all on all functions in schema cron to postgres with grant option;
        grant all on all tables in schema cron to postgres with grant option;
        revoke all on cron.job from postgres;
        grant select on cron.job to postgres with grant option;
    end if;
end
$$;

select pg_advisory_unlock(hashtext('outbound.supabase_shape'));
reset client_min_messages;
