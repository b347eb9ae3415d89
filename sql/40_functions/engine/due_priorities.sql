-- The priorities of which a campaign has due jobs, the most urgent first, each with its earliest due time. Mostly
-- a campaign has one priority, and leads two more: so many entries of the index are read, however many jobs wait
-- for the morning. Who asked for `run_at` alone would read all of those, because the index has the priority first.
create or replace function engine.due_priorities(
  p_campaign_id uuid, p_channel public.contact_channel, p_now timestamptz
)
returns table (priority smallint, run_at timestamptz)
language plpgsql
stable
rows 1
set search_path = ''
set enable_sort = off -- the index has the order; a sort would need all that waits
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
declare
  v_priority smallint := (-32768)::smallint; -- before any that there is
begin
  loop
    select j.priority, j.run_at into v_priority, run_at
    from engine.jobs as j
    where j.campaign_id = p_campaign_id and j.channel = p_channel and j.status = 'READY' and j.priority > v_priority
    order by j.priority, j.run_at
    limit 1;
    exit when not found;
    if run_at <= p_now then
      priority := v_priority;
      return next;
    end if;
  end loop;
end
$$;
comment on function engine.due_priorities(uuid, public.contact_channel, timestamptz) is
'The priorities of a campaign''s due jobs of a channel, in order, and when the first of each was due.';
revoke all on function engine.due_priorities(uuid, public.contact_channel, timestamptz) from public;
