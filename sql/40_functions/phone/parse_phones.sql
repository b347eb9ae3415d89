-- The one way from what somebody wrote to a number that may be dialled, for whole sets at once: the
-- builder of lists, ServiceTitan, leads and webhooks all come here. A million cells must pass in
-- seconds, so valid numbers of North America in their usual spellings are known at a glance, other
-- digits are only judged, and just the cells that are more than digits and punctuation are taken apart.
create or replace function engine.parse_phones(p_raws text[], p_country text, p_allow_fictitious boolean)
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
  with areas as materialized (
    -- apart from its index, so that it is hashed; for a few cells, a lead's one above all, only what they begin with
    select a.area_code from reference.area_codes as a where a.kind <> 'premium' and cardinality(p_raws) > 20
    union all
    select a.area_code from reference.area_codes as a
    where a.kind <> 'premium' and cardinality(p_raws) <= 20
      and a.area_code = any(array(select left(right(translate(r.raw, ' ()-.', ''), 10), 3) from unnest(p_raws) as r (raw)))
  ),
  seen as materialized (
    -- engine.judge_phones says the same of these: valid, and nothing else to tell
    select
      r.ordinal,
      r.raw,
      r.bare,
      case
        when a.area_code is not null and r.ten ~ '^[0-9]{3}[2-9][0-9]{6}$' and substr(r.ten, 5, 2) <> '11'
          and substr(r.ten, 4, 5) <> '55501' and r.raw not like '%.0' then '+1' || r.ten
      end as usual
    from (
      select
        b.*,
        case
          when length(b.bare) = 12 and b.bare like '+1%' then substr(b.bare, 3)
          when not h.is_nanp then null
          when length(b.bare) = 10 then b.bare
          when length(b.bare) = 11 and b.bare like '1%' then substr(b.bare, 2)
        end as ten
      from (
        select r.ordinal, r.raw, translate(r.raw, ' ()-.', '') as bare
        from unnest(p_raws) with ordinality as r (raw, ordinal)
        offset 0 -- each step once for a row
      ) as b
      cross join (
        select p_country = any(c.countries) as is_nanp from reference.calling_codes as c where c.calling_code = '1'
      ) as h
      offset 0
    ) as r
    left join areas as a on left(r.ten, 3) = a.area_code
  ),
  others as materialized (
    -- longer than any number is two numbers; .0 is what data frames append
    select s.*, s.bare ~ '^[+]?[0-9]{1,16}$' and s.raw not like '%.0' as is_plain
    from seen as s
    where s.usual is null
  )
  select s.ordinal, s.usual, null::text, false, null::text, '{}'::text[]
  from seen as s
  where s.usual is not null
  union all
  select j.ordinal, j.phone, null, j.is_fictitious, j.problem, '{}'
  from (
    select array_agg(o.ordinal) as ordinals, array_agg(ltrim(o.bare, '+')) as digits, array_agg(o.bare like '+%') as has_plus
    from others as o
    where o.is_plain
  ) as a
  cross join lateral engine.judge_phones(a.ordinals, a.digits, a.has_plus, p_country, p_allow_fictitious) as j
  where a.ordinals is not null -- mostly nothing is left for these two
  union all
  select t.*
  from (
    select array_agg(o.ordinal) as ordinals, array_agg(o.raw) as raws from others as o where o.is_plain is not true
  ) as a
  cross join lateral engine.parse_odd_phones(a.ordinals, a.raws, p_country, p_allow_fictitious) as t
  where a.ordinals is not null;
end
$$;
comment on function engine.parse_phones(text[], text, boolean) is
'Parses cells: for each (ordinal, E.164 or null, extension, whether reserved for fiction, problem code or null, other numbers of the cell as written).';
revoke all on function engine.parse_phones(text[], text, boolean) from public;
