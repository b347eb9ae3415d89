-- The truth that the audience counters must equal, counted from the rows. For tests, the nightly check and operators.
create or replace function engine.recount_audience(p_campaign_id uuid)
returns table (timezone text, reason text, outcome text, node_id text, amount bigint)
language sql
stable
set search_path = ''
as $$
  select
    coalesce(e.timezone, 'unknown'),
    case
      when e.status = 'SUPPRESSED' or (e.status = 'OPTED_OUT' and e.reason_code = 'suppressed_opted_out') then e.reason_code
      else ''
    end,
    case when e.booked_at is not null then 'booked' when e.reached_at is not null then 'reached' else '' end,
    coalesce(e.booked_node_id, ''), count(*)
  from engine.enrollments as e
  where e.campaign_id = p_campaign_id
  group by 1, 2, 3, 4
$$;
comment on function engine.recount_audience(uuid) is 'Enrollments of a campaign by zone, reason of suppression and outcome, counted from the rows.';
revoke all on function engine.recount_audience(uuid) from public;
