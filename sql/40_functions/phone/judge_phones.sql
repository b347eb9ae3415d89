-- The rule itself: which digits are a number that may be dialled. North American numbers need an
-- assigned area code and a possible exchange; others need a plus and a possible length.
create or replace function engine.judge_phones(
  p_ordinals bigint[], p_digits text[], p_has_plus boolean[], p_country text, p_allow_fictitious boolean
)
returns table (ordinal bigint, phone text, is_fictitious boolean, problem text)
language plpgsql
stable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
begin
  return query
  with home as (
    select p_country = any(countries) as is_nanp from reference.calling_codes where calling_code = '1'
  ),
  dialled as (
    -- what follows the +, or the prefix that is dialled instead of it
    select
      d.ordinal,
      d.digits,
      case
        when d.has_plus then d.digits
        when h.is_nanp and d.digits like '011%' then substr(d.digits, 4)
        when d.digits like '00%' and length(d.digits) > 10 then substr(d.digits, 3)
        when h.is_nanp and length(d.digits) = 11 and d.digits like '1%' then d.digits
        when h.is_nanp then '1' || d.digits
      end as full_digits
    from unnest(p_ordinals, p_digits, p_has_plus) as d (ordinal, digits, has_plus)
    cross join home as h
  ),
  american as (
    select
      d.ordinal,
      '+' || d.full_digits as phone,
      substr(d.full_digits, 5, 3) = '555' and substr(d.full_digits, 8, 2) = '01' as is_fictitious,
      case
        when d.full_digits = '1' || d.digits and d.digits like '0%' and d.digits not like '00%'
          then 'phone_needs_plus'
        when length(d.full_digits) = 8 then 'phone_without_area_code'
        when length(d.full_digits) < 11 then 'phone_too_short'
        when length(d.full_digits) > 11 then 'phone_too_long'
        when a.area_code is null then 'phone_area_code_unassigned'
        when substr(d.full_digits, 5, 1) in ('0', '1') or substr(d.full_digits, 6, 2) = '11'
          then 'phone_exchange_impossible'
        when a.kind = 'premium' then 'phone_premium_rate'
        when substr(d.full_digits, 5, 3) = '555' and substr(d.full_digits, 8, 2) = '01' and not p_allow_fictitious
          then 'phone_fictitious'
      end as problem
    from dialled as d
    left join reference.area_codes as a on substr(d.full_digits, 2, 3) = a.area_code
    where d.full_digits like '1%'
  ),
  coded as (
    -- no calling code begins with another one, so at most one of the three is found
    select
      d.ordinal,
      d.digits,
      d.full_digits,
      coalesce(c1.calling_code, c2.calling_code, c3.calling_code) as calling_code,
      coalesce(c1.lengths, c2.lengths, c3.lengths) as lengths,
      coalesce(c1.trunk_prefix, c2.trunk_prefix, c3.trunk_prefix) as trunk_prefix
    from dialled as d
    left join reference.calling_codes as c1 on substr(d.full_digits, 1, 1) = c1.calling_code
    left join reference.calling_codes as c2 on substr(d.full_digits, 1, 2) = c2.calling_code
    left join reference.calling_codes as c3 on substr(d.full_digits, 1, 3) = c3.calling_code
    where d.full_digits is null or d.full_digits not like '1%'
  ),
  abroad as (
    select
      c.ordinal,
      c.digits,
      c.full_digits,
      c.calling_code,
      c.lengths,
      case
        when n.national like c.trunk_prefix || '%' and length(n.national) - 1 = any(c.lengths)
          then substr(n.national, 2)
        else n.national
      end as national
    from coded as c
    cross join lateral (values (substr(c.full_digits, length(c.calling_code) + 1))) as n (national)
  )
  select
    ordinal,
    case when problem is null then phone end,
    is_fictitious and coalesce(problem, 'phone_fictitious') = 'phone_fictitious',
    problem
  from american
  union all
  select
    ordinal,
    case when p.problem is null then '+' || calling_code || national end,
    false,
    p.problem
  from abroad
  cross join lateral (
    select case
      when full_digits is null then 'phone_needs_plus'
      when calling_code is null then 'phone_country_unknown'
      when length(calling_code || national) not between 7 and 15 or not length(national) = any(lengths)
        then 'phone_length_impossible'
    end
  ) as p (problem);
end
$$;
comment on function engine.judge_phones(bigint[], text[], boolean[], text, boolean) is
'Judges digits: (the ordinal that came with them, E.164 or null, whether reserved for fiction, why not).';
revoke all on function engine.judge_phones(bigint[], text[], boolean[], text, boolean) from public;
