-- What keeps a campaign from going on. It has its people: whether the list still has members is no matter.
create or replace function engine.running_blockers(p_campaign public.campaigns)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_path_query_array(engine.launch_blockers(p_campaign), '$[*] ? (@.code != "list_empty")')
$$;
comment on function engine.running_blockers(public.campaigns) is
'What stands in the way of a campaign that has been launched before: [{code, message}].';
revoke all on function engine.running_blockers(public.campaigns) from public;
