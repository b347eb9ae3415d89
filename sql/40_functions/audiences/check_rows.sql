-- The check of a batch of rows: numbers to E.164, zones, and every problem by row and field. It reads
-- no row of the team and writes nothing, so that a preview and an import say the same.
create or replace function engine.check_rows(
  p_rows engine.import_rows[], p_country text, p_allow_fictitious boolean
)
returns setof engine.checked_rows
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
set enable_mergejoin = off -- sets of any size are joined here, by hash
as $$
begin
  return query
  with tidy as materialized (
    select t.* from engine.tidy_rows(p_rows) as t
  ),
  parsed as materialized (
    select t.*, p.phone as e164, p.phone_extension, p.problem, p.others
    from engine.parse_phones(
      (select array_agg(t.phone order by t.ordinal) from tidy as t), p_country, p_allow_fictitious
    ) as p
    inner join tidy as t on p.ordinal = t.ordinal
  ),
  asked as (
    -- a batch has no gaps, so the place in these arrays is the ordinal
    select
      array_agg(p.e164) as phones,
      array_agg(p.timezone) as timezones,
      array_agg(p.postal_code) as postal_codes
    from (select p.e164, p.timezone, p.postal_code from parsed as p order by p.ordinal) as p
  ),
  placed as (
    select
      p.*,
      z.stated_timezone,
      z.timezones,
      z.regions,
      case
        when p.email is null then null
        when p.email !~ '[ <>(),;/|":\t\n]' and p.email like '_%@_%._%' and p.email not like '%@%@%' then p.email
        else substring(p.email from '[^\s<>(),;/|":@]+@[^\s<>(),;/|":@]+\.[^\s<>(),;/|":@]+')
      end as address,
      case when p.customer_id ~ '^[0-9]{1,18}$' then p.customer_id::bigint end as customer_number
    from asked as a
    cross join lateral engine.resolve_zones(a.phones, a.timezones, a.postal_codes) as z
    inner join parsed as p on z.ordinal = p.ordinal
    offset 0 -- each of these once for a row
  )
  select
    null::uuid,
    null::uuid,
    p.row_number,
    p.e164,
    p.phone_extension,
    left(p.first_name, 200),
    left(p.last_name, 200),
    case when length(p.address) <= 200 then p.address end,
    p.stated_timezone,
    p.timezones,
    p.regions,
    left(p.postal_code, 20),
    p.customer_number,
    case when p.problem is null then 'accepted' else 'rejected' end,
    case
      when p.problem is not null or p.others <> '{}' or p.reader_problem is not null
        or (p.email is not null and (p.address is null or length(p.address) > 200))
        or (p.timezone is not null and p.stated_timezone is null)
        or (p.customer_id is not null and p.customer_number is null)
        or greatest(length(p.first_name), length(p.last_name)) > 200
        then engine.row_issues(
          p.problem, p.phone, p.others, p.reader_problem,
          case when p.address is null or length(p.address) > 200 then p.email end,
          case when p.stated_timezone is null then p.timezone end,
          case when p.customer_number is null then p.customer_id end,
          p.first_name, p.last_name
        )
    end
  from placed as p;
end
$$;
comment on function engine.check_rows(engine.import_rows[], text, boolean) is
'Checks staged rows: normalised values, accepted or rejected, and the issues of each.';
revoke all on function engine.check_rows(engine.import_rows[], text, boolean) from public;
