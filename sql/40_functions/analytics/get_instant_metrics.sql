-- What happens now, read from the counters: exact at the moment of the answer, whatever the size.
create or replace function public.get_instant_metrics(p_campaign_ids uuid[])
returns table (
  campaign_id uuid, status public.campaign_status, as_of timestamptz, enrolled bigint, active bigint,
  waiting bigint, queued bigint, in_progress bigint, completed bigint, booked bigint, opted_out bigint,
  suppressed bigint, failed bigint, cancelled bigint
)
language plpgsql
stable
security definer -- reads the engine's counters, for the caller's campaigns only
set search_path = ''
as $$
#variable_conflict use_column
begin
  if cardinality(p_campaign_ids) > 1000 then
    perform engine.refuse(
      'OB009', 'Ask for at most 1000 campaigns at once.',
      jsonb_build_object('limit', 1000, 'actual', cardinality(p_campaign_ids)), 'Ask in several calls.'
    );
  end if;
  return query
  select
    c.id, c.status, engine.now(), n.enrolled, n.active, n.waiting, n.queued, n.in_progress, n.completed,
    n.booked, n.opted_out, n.suppressed, n.failed, n.cancelled
  from public.campaigns as c
  cross join lateral engine.campaign_counts(c.team_id, c.id) as n
  where c.team_id = any(engine.caller_team_ids()) and c.id = any(p_campaign_ids)
  order by c.id;
end
$$;
comment on function public.get_instant_metrics(uuid[]) is
'One row for each campaign: enrolled = active + completed + booked + opted_out + suppressed + failed + cancelled, as of as_of.';
revoke all on function public.get_instant_metrics(uuid[]) from public;
grant execute on function public.get_instant_metrics(uuid[]) to authenticated, service_role;
