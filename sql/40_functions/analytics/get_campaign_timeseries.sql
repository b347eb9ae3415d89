-- What happened over time, from rollups and what is not rolled up yet: exact, whatever the number of events. Every
-- bucket that the range touches is there, whole, so that a point does not depend on the range that it is asked in.
-- One document and no table, because the Data API cuts tables off after a thousand rows and says nothing.
create or replace function public.get_campaign_timeseries(
  p_campaign_ids uuid[], p_from timestamptz, p_to timestamptz, p_bucket text default null, p_timezone text default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the engine's timeline, for the caller's campaigns only
set search_path = ''
set jit = off
as $$
declare
  v_team_ids uuid[];
  v_ids uuid[];
  v_zones text[];
  v_bucket text;
  v_zone text;
  v_starts timestamptz[];
begin
  perform engine.refuse_many(p_campaign_ids);
  perform engine.refuse_issues(engine.series_issues(p_from, p_to, p_bucket, p_timezone), 'The request');
  v_bucket := coalesce(p_bucket, engine.bucket_for(p_to - p_from));
  select array_agg(c.team_id), array_agg(c.id), array_agg(distinct coalesce(p_timezone, t.timezone))
  into v_team_ids, v_ids, v_zones
  from public.campaigns as c
  inner join public.teams as t on c.team_id = t.id
  where c.team_id = any(engine.caller_team_ids()) and c.id = any(p_campaign_ids);
  if cardinality(v_zones) > 1 then
    perform engine.refuse_issues(jsonb_build_array(engine.issue(
      'timezone_required', 'p_timezone', 'The teams of these campaigns are in several time zones: say which one is meant.'
    )), 'The request');
  end if;
  perform engine.refuse_points(floor(extract(epoch from p_to - p_from) / case v_bucket
    when 'minute' then 60 when 'quarter_hour' then 900 when 'hour' then 3600 when 'day' then 86400 when 'week' then 604800
    else 2678400
  end)::bigint);
  v_zone := coalesce(v_zones[1], p_timezone, 'UTC');
  v_starts := engine.bucket_starts(p_from, p_to, v_bucket, v_zone);
  perform engine.refuse_points(cardinality(v_starts) - 1);
  return (
    select jsonb_build_object('bucket_size', v_bucket, 'timezone', v_zone, 'points', jsonb_agg(jsonb_build_object(
      'bucket', s.at, 'enrolled', coalesce(t.enrolled, 0), 'dialled', coalesce(t.dialled, 0),
      'answered', coalesce(t.answered, 0), 'sent', coalesce(t.sent, 0), 'delivered', coalesce(t.delivered, 0),
      'replied', coalesce(t.replied, 0), 'booked', coalesce(t.booked, 0), 'opted_out', coalesce(t.opted_out, 0),
      'failed', coalesce(t.failed, 0)
    ) order by s.at))
    from unnest(v_starts) with ordinality as s (at, place)
    left join engine.sum_timeline(
      v_team_ids, v_ids, v_starts, case when v_bucket in ('minute', 'quarter_hour') then v_bucket else 'hour' end
    ) as t on s.place = t.place
    where s.place < cardinality(v_starts)
  );
end
$$;
comment on function public.get_campaign_timeseries(uuid[], timestamptz, timestamptz, text, text) is
'{bucket_size, timezone, points[{bucket, phases}]}: phases by time, summed over campaigns, zero-filled: every bucket that p_from to p_to (exclusive) touches, whole. p_bucket: '
'minute, quarter_hour, hour, day, week (from Monday) or month, null for one that fits the range; p_timezone: an IANA name, null for '
'the team''s. enrolled, booked, opted_out, failed are contacts; dialled (taken by the provider) and answered calls; sent, delivered '
'and replied texts. At most 2000 points. OB001, OB009.';
revoke all on function public.get_campaign_timeseries(uuid[], timestamptz, timestamptz, text, text) from public;
grant execute on function public.get_campaign_timeseries(uuid[], timestamptz, timestamptz, text, text) to authenticated, service_role;
