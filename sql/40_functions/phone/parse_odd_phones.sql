-- The part of engine.parse_phones for cells that are more than one number in digits: empty ones, words,
-- labels, extensions, several numbers.
create or replace function engine.parse_odd_phones(
  p_ordinals bigint[], p_raws text[], p_country text, p_allow_fictitious boolean
)
returns table (
  ordinal bigint, phone text, phone_extension text, is_fictitious boolean, problem text, others text[]
)
language plpgsql
stable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
begin
  return query
  with cells as materialized (
    select c.ordinal, c.raw, btrim(c.raw, E' \t\r\n') <> '' as is_filled
    from unnest(p_ordinals, p_raws) as c (ordinal, raw)
  ),
  pieces as materialized (
    select row_number() over () as piece, s.*
    from (
      select array_agg(c.ordinal) as ordinals, array_agg(c.raw) as raws from cells as c where c.is_filled
    ) as o
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
  select
    c.ordinal,
    h.phone,
    h.extension,
    coalesce(h.is_fictitious, false),
    case when h.ordinal is not null then h.problem when c.is_filled then 'phone_not_a_number' else 'phone_missing' end,
    coalesce(h.others, '{}')
  from cells as c
  left join chosen as h on c.ordinal = h.ordinal;
end
$$;
comment on function engine.parse_odd_phones(bigint[], text[], text, boolean) is
'Parses cells that hold more than digits, or nothing; returns what engine.parse_phones does, with the ordinals that came with them.';
revoke all on function engine.parse_odd_phones(bigint[], text[], text, boolean) from public;
