-- Compares the counters of campaigns with their rows, those that were not looked at for the longest time first, and
-- keeps what it found. It mends nothing. So many campaigns at a time, because whoever counts for hours in one
-- transaction keeps the tables from being cleaned.
create or replace function engine.check_counters(p_limit integer default 50)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_campaign record;
  v_found jsonb;
  v_count integer;
  v_differing integer := 0;
begin
  -- A loop, because each campaign is compared in a snapshot of its own.
  for v_campaign in
    select c.team_id, c.id
    from public.campaigns as c
    left join engine.counter_checks as k on c.team_id = k.team_id and c.id = k.campaign_id
    where k.checked_at is null or k.checked_at < engine.now() - interval '20 hours'
    order by k.checked_at nulls first, c.id
    limit p_limit
  loop
    select coalesce(jsonb_agg(to_jsonb(d) - 'place' order by d.place) filter (where d.place <= 100), '[]'), count(*)::integer into v_found, v_count
    from (
      select x.counter, x.of, x.counted, x.recounted, row_number() over (order by x.counter, x.of) as place
      from engine.compare_counters(v_campaign.id) as x
    ) as d;
    insert into engine.counter_checks as k (team_id, campaign_id, checked_at, found_at, difference_count, differences)
    values (
      v_campaign.team_id, v_campaign.id, engine.now(), case when v_count > 0 then engine.now() end, v_count, v_found
    )
    on conflict on constraint counter_checks_pk do update set
      checked_at = excluded.checked_at, difference_count = excluded.difference_count, differences = excluded.differences,
      found_at = case when excluded.found_at is not null then coalesce(k.found_at, excluded.found_at) end;
    if v_count > 0 then
      v_differing := v_differing + 1;
      raise warning 'outbound: counters of campaign % differ from its rows in % places; see engine.counter_checks',
        v_campaign.id, v_count;
    end if;
  end loop;
  return v_differing;
end
$$;
comment on function engine.check_counters(integer) is
'Compares the counters of so many campaigns with their rows and keeps the differences; returns how many campaigns differ.';
revoke all on function engine.check_counters(integer) from public;
