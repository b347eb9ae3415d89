-- The rows of a do-not-contact list, {phone, channel?, note?} or the number alone, with everything that is
-- wrong with them. Numbers are read by the one phone rule, except that a cell with several stops them all:
-- whom the list names must not be reached, and which of the numbers is meant nobody knows.
create or replace function engine.read_stop_rows(p_team_id uuid, p_rows jsonb, p_channel text)
returns setof engine.stop_row
language sql
stable
set search_path = ''
set enable_mergejoin = off -- sets of any size are joined here, by hash
as $$
  with rows as materialized (
    select
      r.n, r.kind in ('object', 'string', 'number') as is_row,
      case r.kind when 'object' then r.item ->> 'phone' when 'string' then r.item #>> '{}' when 'number' then r.item #>> '{}' end
        as raw,
      coalesce(case when r.kind = 'object' then nullif(lower(btrim(r.item ->> 'channel')), '') end, p_channel) as channel,
      case when r.kind = 'object' then nullif(btrim(r.item ->> 'note'), '') end as note
    from (
      select e.n, e.item, jsonb_typeof(e.item) as kind
      from jsonb_array_elements(p_rows) with ordinality as e (item, n)
    ) as r
  ),

  read as materialized (
    select p.ordinal as n, p.phone, p.problem, p.others, t.country, t.is_sandbox
    from public.teams as t
    cross join lateral engine.parse_phones(
      (select array_agg(left(r.raw, 1000) order by r.n) from rows as r), t.country, t.is_sandbox
    ) as p
    where t.id = p_team_id
  ),

  others as (
    select a.places[p.ordinal] as n, p.phone
    from (
      select array_agg(r.n) as places, array_agg(u.raw) as raws, r.country, r.is_sandbox
      from read as r
      cross join unnest(r.others) as u (raw)
      group by r.country, r.is_sandbox
    ) as a
    cross join lateral engine.parse_phones(a.raws, a.country, a.is_sandbox) as p
    where p.phone is not null
  )

  select r.n, r.raw, n.phone, r.channel, r.note, array_remove(array[
    case when not r.is_row then 'row_malformed' else n.problem end,
    case when r.channel <> all(enum_range(null::public.contact_channel)::text[]) then 'channel_unknown' end,
    case when length(r.note) > 1600 then 'note_length' end
  ], null)
  from rows as r
  inner join (
    select d.n, d.phone, d.problem from read as d
    union all
    select o.n, o.phone, null from others as o
  ) as n on r.n = n.n
$$;
comment on function engine.read_stop_rows(uuid, jsonb, text) is
'Each row of a do-not-contact list with its number, channel and note, and its problems; more than one for a cell of several numbers.';
revoke all on function engine.read_stop_rows(uuid, jsonb, text) from public;
