-- A page of a list's members. The key of the page is the contact's id, which the primary key of members
-- holds in order, so that a page costs the same at any depth.
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
  v_search text := nullif(lower(btrim(p_search)), '');
  v_digits text := nullif(regexp_replace(p_search, '[^0-9]', '', 'g'), '');
  v_result jsonb;
begin
  with page as (
    select
      c.id,
      row_number() over (order by m.contact_id) as place,
      jsonb_build_object(
        'contact_id', c.id, 'phone', c.phone, 'phone_extension', c.phone_extension, 'first_name', c.first_name,
        'last_name', c.last_name, 'email', c.email, 'timezones', to_jsonb(c.timezones), 'regions', to_jsonb(c.regions),
        'postal_code', c.postal_code,
        'servicetitan_customer_id', coalesce(m.servicetitan_customer_id, c.servicetitan_customer_id),
        'added_at', m.added_at
      ) as item
    from public.audience_members as m
    inner join public.contacts as c on m.team_id = c.team_id and m.contact_id = c.id
    where
      m.team_id = v_list.team_id and m.list_id = v_list.id
      and (v_after is null or m.contact_id > v_after)
      and (
        v_search is null
        or strpos(lower(concat_ws(' ', c.first_name, c.last_name)), v_search) > 0
        or strpos(lower(c.email), v_search) > 0
        or (v_search !~ '[[:alpha:]@]' and strpos(c.phone, v_digits) > 0)
      )
    order by m.contact_id
    limit v_limit + 1
  )
  select jsonb_build_object(
    'items', coalesce(jsonb_agg(p.item order by p.place) filter (where p.place <= v_limit), '[]'),
    'next_cursor', case
      when count(*) > v_limit then engine.page_cursor(min(p.id::text) filter (where p.place = v_limit))
    end
  ) into v_result
  from page as p;
  return v_result;
end
$$;
comment on function public.get_audience_members(uuid, text, integer, text) is
'A page of members, searched by name, phone or e-mail: {items[{contact_id, phone, phone_extension, first_name, '
'last_name, email, timezones, regions, postal_code, servicetitan_customer_id, added_at}], next_cursor}.';
revoke all on function public.get_audience_members(uuid, text, integer, text) from public;
grant execute on function public.get_audience_members(uuid, text, integer, text) to authenticated, service_role;
