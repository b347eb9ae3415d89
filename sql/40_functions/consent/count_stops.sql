-- What stopping numbers would do, without doing it: how many are new for their reason, on any channel, and
-- how many open jobs have not begun.
create or replace function engine.count_stops(p_stops engine.stop[])
returns table (new_count bigint, job_count bigint)
language sql
stable
set search_path = ''
as $$
  select
    (
      select count(distinct s.phone)
      from unnest(p_stops) as s
      cross join unnest(enum_range(null::public.contact_channel)) as c (channel)
      left join public.suppressions as x
        on s.team_id = x.team_id and s.phone = x.phone and c.channel = x.channel and s.reason = x.reason
      where (s.channel is null or s.channel = c.channel) and x.phone is null
    ),
    (
      select count(distinct j.id)
      from unnest(p_stops) as s
      inner join engine.jobs as j on s.team_id = j.team_id and s.phone = j.phone
      where (s.channel is null or s.channel = j.channel) and j.status in ('READY', 'CLAIMED')
        and not engine.has_live_attempt(j.team_id, j.id)
    )
$$;
comment on function engine.count_stops(engine.stop[]) is 'How many numbers are not stopped yet, and how many jobs a stop would cancel.';
revoke all on function engine.count_stops(engine.stop[]) from public;
