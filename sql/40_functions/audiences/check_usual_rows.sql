-- The check of rows of which all is as usual: a number of North America, names, an address, a ZIP code, a customer's id.
-- Most rows of most files are such, and engine.check_rows, which takes whatever comes, costs three times as much for
-- each. It must say the same of them; whatever could be more than it seems is left to engine.check_other_rows.
create or replace function engine.check_usual_rows(p_team_id uuid, p_run_id uuid, p_first bigint, p_last bigint)
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
set enable_mergejoin = off -- sets of any size are joined and grouped here, by hash
set enable_nestloop = off
set enable_sort = off
as $$
begin
  insert into engine.checked_rows (
    team_id, run_id, row_number, phone, first_name, last_name, email, timezones, regions, postal_code,
    servicetitan_customer_id, verdict
  )
  with areas as materialized (
    select a.area_code
    from public.teams as t
    inner join reference.calling_codes as c on t.country = any(c.countries)
    cross join reference.area_codes as a
    where t.id = p_team_id and c.calling_code = '1' and a.kind <> 'premium'
  ),
  usual as materialized (
    select r.*, a.area_code || left(coalesce(r.postal_code, ''), 3) as place
    from (
      select
        b.row_number, b.first_name, b.last_name, b.email, b.postal_code, b.customer_id, b.ten,
        b.bare in (b.ten, '1' || b.ten, '+1' || b.ten)
        and octet_length(b.ten) = 10 and b.ten not like '___0%' and b.ten not like '___1%'
        and b.ten not like '____11%' and b.ten not like '___55501%'
        and octet_length(coalesce(b.first_name, '')) <= 200 and octet_length(coalesce(b.last_name, '')) <= 200
        and coalesce(b.first_name, '') not like '="%' and coalesce(b.last_name, '') not like '="%'
        and coalesce(b.email, 'a@b.c') like '_%@_%._%' and coalesce(b.email, '') not like '%@%@%'
        and octet_length(coalesce(b.email, '')) <= 200 and coalesce(b.email, '') !~ '[ <>(),;/|":\t\r\n\u00A0]'
        and (b.postal_code is null or octet_length(b.postal_code) = 5)
        and (b.customer_id is null or octet_length(b.customer_id) between 1 and 18)
        -- one look for all that must be digits, and no counting in it, which takes three times as long
        and b.ten || coalesce(b.postal_code, '') || coalesce(b.customer_id, '') !~ '[^0-9]' as is_usual
      from (
        select r.*, right(r.bare, 10) as ten
        from (
          select
            r.row_number, r.email, r.postal_code, r.servicetitan_customer_id as customer_id,
            nullif(btrim(r.first_name, E' \t\r\n\u00A0'), '') as first_name,
            nullif(btrim(r.last_name, E' \t\r\n\u00A0'), '') as last_name,
            translate(r.phone, ' ()-.', '') as bare
          from engine.import_rows as r
          where r.team_id = p_team_id and r.run_id = p_run_id and r.row_number between p_first and p_last
            and r.full_name is null and r.timezone is null and r.reader_problem is null and r.phone not like '%.0'
          offset 0 -- each step once for a row
        ) as r
        offset 0
      ) as b
      offset 0
    ) as r
    inner join areas as a on left(r.ten, 3) = a.area_code
    where r.is_usual
  ),
  places as (
    select array_agg(p.place) as names, array_agg('+1' || left(p.place, 3)) as phones, array_agg(substr(p.place, 4) || '00') as codes
    from (select distinct u.place from usual as u) as p
  ),
  known as materialized (
    select p.names[z.ordinal] as place, z.timezones, z.regions
    from places as p
    cross join lateral engine.resolve_zones(p.phones, null, p.codes) as z
  )
  select
    p_team_id, p_run_id, u.row_number, '+1' || u.ten, u.first_name, u.last_name, u.email, k.timezones, k.regions,
    u.postal_code, u.customer_id::bigint, 'accepted'
  from usual as u
  inner join known as k on u.place = k.place;
end
$$;
comment on function engine.check_usual_rows(uuid, uuid, bigint, bigint) is
'Checks those staged rows of these numbers of which all is as usual, into engine.checked_rows.';
revoke all on function engine.check_usual_rows(uuid, uuid, bigint, bigint) from public;
