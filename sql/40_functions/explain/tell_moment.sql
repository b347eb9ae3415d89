-- A moment as a person says it, in English whatever the server's locale is.
create or replace function engine.tell_moment(p_at timestamptz, p_timezone text)
returns text
language sql
stable
set search_path = ''
as $$ select to_char(p_at at time zone p_timezone, 'Dy FMDD Mon YYYY HH24:MI') $$;
comment on function engine.tell_moment(timestamptz, text) is 'A moment in a zone: Mon 1 Mar 2027 13:00.';
revoke all on function engine.tell_moment(timestamptz, text) from public;
