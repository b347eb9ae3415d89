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
      -- longer than any number is two numbers; .0 is what data frames append
      translate(r.raw, ' ()-.', '') ~ '^[+]?[0-9]{1,16}$' and r.raw not like '%.0' as is_plain
    from unnest(p_raws) with ordinality as r (raw, ordinal)
  ),
  odd as (
    select array_agg(c.ordinal) as ordinals, array_agg(c.raw) as raws
    from cells as c
    where not c.is_plain and btrim(c.raw, E' \t\r\n') <> ''
  ),
  pieces as materialized (
    select row_number() over () as piece, s.*
    from odd as o
    cross join lateral engine.split_phone_cells(o.ordinals, o.raws) as s
  ),
  ranked as (
    -- the first valid number is used; when none is, the first that looks like one says why
    select
      p.ordinal,
      p.place,
      p.written,
      p.extension,
      j.is_fictitious,
      case when p.problem is null then j.phone end as phone,
      coalesce(p.problem, j.problem) as problem,
      row_number() over (
        partition by p.ordinal
        order by (coalesce(p.problem, j.problem) is not null), (length(p.digits) < 7), p.place
      ) as rank
    from (
      select array_agg(p.piece) as pieces, array_agg(p.digits) as digits, array_agg(p.has_plus) as has_plus
      from pieces as p
    ) as a
    cross join lateral engine.judge_phones(a.pieces, a.digits, a.has_plus, p_country, p_allow_fictitious) as j
    inner join pieces as p on j.ordinal = p.piece
  ),
  chosen as (
    select
      r.ordinal,
      min(r.phone) filter (where r.rank = 1) as phone,
      min(r.extension) filter (where r.rank = 1) as extension,
      bool_or(r.is_fictitious and r.problem is null) filter (where r.rank = 1) as is_fictitious,
      min(r.problem) filter (where r.rank = 1) as problem,
      array_agg(r.written order by r.place) filter (where r.rank > 1 and r.is_other) as others
    from (
      select
        r.*,
        r.phone is null or r.phone is distinct from first_value(r.phone) over (partition by r.ordinal order by r.rank) as is_other
      from ranked as r
    ) as r
    group by r.ordinal
  )
  select j.ordinal, j.phone, null::text, j.is_fictitious, j.problem, '{}'::text[]
  from (
    select array_agg(c.ordinal) as ordinals, array_agg(ltrim(c.bare, '+')) as digits, array_agg(c.bare like '+%') as has_plus
    from cells as c
    where c.is_plain
  ) as a
  cross join lateral engine.judge_phones(a.ordinals, a.digits, a.has_plus, p_country, p_allow_fictitious) as j
  union all
  select
    c.ordinal,
    h.phone,
    h.extension,
    coalesce(h.is_fictitious, false),
    case
      when h.ordinal is not null then h.problem
      when btrim(c.raw, E' \t\r\n') <> '' then 'phone_not_a_number'
      else 'phone_missing'
    end,
    coalesce(h.others, '{}')
  from cells as c
  left join chosen as h on c.ordinal = h.ordinal
  where c.is_plain is not true
$$;
comment on function engine.parse_phones(text[], text, boolean) is
'Parses cells: for each (ordinal, E.164 or null, extension, whether reserved for fiction, problem code or null, other numbers of the cell as written).';
revoke all on function engine.parse_phones(text[], text, boolean) from public;
