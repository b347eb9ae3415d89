-- The one way from what somebody wrote to a number that may be dialled, for whole sets at once: the
-- builder of lists, ServiceTitan, leads and webhooks all come here. A million cells must pass in
-- seconds, so the usual spellings (digits and ASCII punctuation) skip the taking apart.
create or replace function engine.parse_phones(p_raws text[], p_country text, p_allow_fictitious boolean)
returns table (
  ordinal bigint, phone text, phone_extension text, is_fictitious boolean, problem text, others text[]
)
language sql
stable
parallel safe
set search_path = ''
as $$
  with cells as materialized (
    select
      r.ordinal,
      r.raw,
      translate(r.raw, ' ()-.', '') as bare,
      -- longer than any number is two numbers; .0 is what data frames append; a second + is odd
      translate(r.raw, '0123456789 ()-.+', '') = '' and length(translate(r.raw, ' ()-.', '')) <= 16
      and r.raw not like '%.0' and strpos(substr(translate(r.raw, ' ()-.', ''), 2), '+') = 0 as is_plain
    from unnest(p_raws) with ordinality as r (raw, ordinal)
  ),
  plain as materialized (
    select row_number() over () as position, c.ordinal, ltrim(c.bare, '+') as digits, c.bare like '+%' as has_plus
    from cells as c
    where c.is_plain and c.bare <> ''
  ),
  odd as materialized (
    select row_number() over () as position, c.ordinal, c.raw
    from cells as c
    where not c.is_plain and btrim(c.raw, E' \t\r\n') <> ''
  ),
  pieces as materialized (
    select row_number() over () as position, o.ordinal, s.place, s.written, s.has_plus, s.digits, s.extension, s.problem
    from engine.split_phone_cells((select array_agg(o.raw order by o.position) from odd as o)) as s
    inner join odd as o on s.ordinal = o.position
  ),
  judged as (
    select
      p.ordinal,
      p.place,
      p.written,
      p.extension,
      p.digits,
      case when p.problem is null then j.phone end as phone,
      case when p.problem is null then j.is_fictitious else false end as is_fictitious,
      coalesce(p.problem, j.problem) as problem
    from engine.judge_phones(
      (select array_agg(p.digits order by p.position) from pieces as p),
      (select array_agg(p.has_plus order by p.position) from pieces as p),
      p_country, p_allow_fictitious
    ) as j
    inner join pieces as p on j.ordinal = p.position
  ),
  ranked as (
    -- the first valid number is used; when none is, the first that looks like one says why
    select
      j.*,
      row_number() over (
        partition by j.ordinal order by (j.problem is not null), (length(j.digits) < 7), j.place
      ) as rank
    from judged as j
  ),
  chosen as (
    select
      r.ordinal,
      r.phone,
      r.extension,
      r.is_fictitious,
      r.problem,
      array(
        select o.written from ranked as o
        where o.ordinal = r.ordinal and o.rank > 1 and o.phone is distinct from r.phone
        order by o.place
      ) as others
    from ranked as r
    where r.rank = 1
  )
  select p.ordinal, j.phone, null, j.is_fictitious, j.problem, '{}'::text[]
  from engine.judge_phones(
    (select array_agg(p.digits order by p.position) from plain as p),
    (select array_agg(p.has_plus order by p.position) from plain as p),
    p_country, p_allow_fictitious
  ) as j
  inner join plain as p on j.ordinal = p.position
  union all
  select c.ordinal, c.phone, c.extension, c.is_fictitious, c.problem, c.others
  from chosen as c
  union all
  select o.ordinal, null, null, false, 'phone_not_a_number', '{}'::text[]
  from odd as o
  where not exists (select from chosen as c where c.ordinal = o.ordinal)
  union all
  select
    c.ordinal, null, null, false,
    case when btrim(c.raw, E' \t\r\n') <> '' then 'phone_not_a_number' else 'phone_missing' end,
    '{}'::text[]
  from cells as c
  where c.raw is null or btrim(c.raw, E' \t\r\n') = '' or (c.is_plain and c.bare = '')
$$;
comment on function engine.parse_phones(text[], text, boolean) is
'Parses cells: for each (ordinal, E.164 or null, extension, whether reserved for fiction, problem code or null, other numbers of the cell as written).';
revoke all on function engine.parse_phones(text[], text, boolean) from public;
