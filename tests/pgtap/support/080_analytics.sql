-- The points of public.get_campaign_timeseries as rows.
create function tests.series(
  p_campaign_ids uuid[], p_from timestamptz, p_to timestamptz, p_bucket text default null, p_timezone text default null
)
returns table (
  bucket timestamptz, enrolled bigint, dialled bigint, answered bigint, sent bigint, delivered bigint, replied bigint,
  booked bigint, opted_out bigint, failed bigint
)
language sql
as $$
  select p.*
  from jsonb_to_recordset(
    public.get_campaign_timeseries(p_campaign_ids, p_from, p_to, p_bucket, p_timezone) -> 'points'
  ) as p (
    bucket timestamptz, enrolled bigint, dialled bigint, answered bigint, sent bigint, delivered bigint, replied bigint,
    booked bigint, opted_out bigint, failed bigint
  )
$$;
