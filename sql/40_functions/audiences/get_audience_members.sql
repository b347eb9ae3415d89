-- A page of a list's members. Without a search they come in the order of their ids, which the primary key
-- holds, so that a page costs the same at any depth; with one, see engine.search_members.
create or replace function public.get_audience_members(
  p_list_id uuid, p_search text default null, p_limit integer default 50, p_cursor text default null
)
returns jsonb
language plpgsql
stable
security definer -- engine.caller_team_ids and the role are checked by engine.require_list
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_list(p_list_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_after uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
  v_pattern text := engine.search_pattern(p_search);
  v_ids uuid[];
  v_items jsonb;
begin
  if v_pattern is not null then
    v_ids := engine.search_members(v_list, v_pattern, v_after, v_limit + 1);
  else
    v_ids := array(
      select m.contact_id
      from public.audience_members as m
      where m.team_id = v_list.team_id and m.list_id = v_list.id and (v_after is null or m.contact_id > v_after)
      order by m.contact_id
      limit v_limit + 1
    );
  end if;
  select coalesce(jsonb_agg(jsonb_build_object(
    'contact_id', c.id, 'phone', c.phone, 'phone_extension', c.phone_extension, 'first_name', c.first_name,
    'last_name', c.last_name, 'email', c.email, 'timezones', to_jsonb(c.timezones), 'regions', to_jsonb(c.regions),
    'postal_code', c.postal_code,
    'servicetitan_customer_id', coalesce(m.servicetitan_customer_id, c.servicetitan_customer_id),
    'added_at', m.added_at
  ) order by i.place), '[]') into v_items
  from unnest(v_ids[:v_limit]) with ordinality as i (id, place)
  inner join public.contacts as c on c.team_id = v_list.team_id and i.id = c.id
  inner join public.audience_members as m on m.team_id = v_list.team_id and m.list_id = v_list.id and i.id = m.contact_id;
  return jsonb_build_object(
    'items', v_items,
    'next_cursor', case when cardinality(v_ids) > v_limit then engine.page_cursor(v_ids[v_limit]::text) end
  );
end
$$;
comment on function public.get_audience_members(uuid, text, integer, text) is
'A page of members, searched by name, phone or e-mail: {items[{contact_id, phone, phone_extension, first_name, '
'last_name, email, timezones, regions, postal_code, servicetitan_customer_id, added_at}], next_cursor}.';
revoke all on function public.get_audience_members(uuid, text, integer, text) from public;
grant execute on function public.get_audience_members(uuid, text, integer, text) to authenticated, service_role;
