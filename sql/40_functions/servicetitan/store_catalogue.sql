-- A whole catalogue as it is now: what is no longer there goes.
create or replace function engine.store_catalogue(p_team_id uuid, p_kind text, p_records jsonb)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  delete from engine.servicetitan_catalogue as c
  where
    c.team_id = p_team_id and c.kind = p_kind
    and c.id not in (select r.item ->> 'id' from jsonb_array_elements(p_records) as r (item));
  insert into engine.servicetitan_catalogue as c (team_id, kind, id, name, is_active, detail)
  select distinct on (r.id)
    p_team_id, p_kind, r.id, left(btrim(r.name), 300), coalesce(r.active, true), coalesce(r.detail, '{}')
  from jsonb_to_recordset(p_records) as r (id text, name text, active boolean, detail jsonb)
  where r.id is not null
  order by r.id
  on conflict (team_id, kind, id) do update set
    name = excluded.name, is_active = excluded.is_active, detail = excluded.detail
  where (c.name, c.is_active, c.detail) is distinct from (excluded.name, excluded.is_active, excluded.detail);
end
$$;
comment on function engine.store_catalogue(uuid, text, jsonb) is 'Replaces one kind of catalogue by [{id, name, active, detail}].';
revoke all on function engine.store_catalogue(uuid, text, jsonb) from public;
grant execute on function engine.store_catalogue(uuid, text, jsonb) to outbound_worker;
