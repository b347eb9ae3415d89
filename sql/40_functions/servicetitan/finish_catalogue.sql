-- All kinds of a team's catalogue have been read.
create or replace function engine.finish_catalogue(p_team_id uuid, p_catalogue_id uuid)
returns void
language sql
volatile
security definer -- workers may write no table
set search_path = ''
as $$
  update engine.servicetitan_catalogues as c
  set read_at = engine.now(), failure_code = null, failure_message = null
  where c.team_id = p_team_id and c.id = p_catalogue_id
$$;
comment on function engine.finish_catalogue(uuid, uuid) is 'Says that the catalogue is as of now.';
revoke all on function engine.finish_catalogue(uuid, uuid) from public;
grant execute on function engine.finish_catalogue(uuid, uuid) to outbound_worker;
