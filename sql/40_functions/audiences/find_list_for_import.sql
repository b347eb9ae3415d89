-- The list that a name means: the active one of that name, none when it is new, OB001 when there are
-- several.
create or replace function engine.find_list_for_import(p_team_id uuid, p_name text)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ids uuid[] := array(
    select l.id from public.audience_lists as l
    where l.team_id = p_team_id and lower(l.name) = lower(btrim(p_name)) and l.status = 'ACTIVE'
  );
begin
  if cardinality(v_ids) > 1 then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'list_name_ambiguous', 'p_list_name', format('%s lists are called so; name one by its id.', cardinality(v_ids))
    )), 'The list');
  end if;
  return v_ids[1];
end
$$;
comment on function engine.find_list_for_import(uuid, text) is 'Id of the active list of this name; null when there is none.';
revoke all on function engine.find_list_for_import(uuid, text) from public;
