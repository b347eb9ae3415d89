-- Brings what backends have counted into the timeline's rows of a minute, a quarter of an hour and an hour, which
-- therefore always equal each other: whatever comes late, for whichever minute, comes this way. What a writer holds
-- is left for the next time. The caller keeps others from folding.
create or replace function engine.fold_timeline()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  with taken as (
    delete from engine.timeline_changes as t
    where t.ctid in (select f.ctid from engine.timeline_changes as f limit 20000 for update skip locked)
    returning t.*
  ),

  folded as (
    insert into engine.timeline as t
    select
      k.team_id, k.campaign_id, g.grain, date_bin(g.length, k.starts_at, '2000-01-01 00:00+00'), sum(k.enrolled), sum(k.dialled),
      sum(k.answered), sum(k.sent), sum(k.delivered), sum(k.replied), sum(k.booked), sum(k.opted_out), sum(k.failed),
      sum(k.completed)
    from taken as k
    cross join (
      values ('minute', interval '1 minute'), ('quarter_hour', '15 minutes'), ('hour', '1 hour')
    ) as g (grain, length)
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4
    on conflict on constraint timeline_pk do update set
      enrolled = t.enrolled + excluded.enrolled, dialled = t.dialled + excluded.dialled,
      answered = t.answered + excluded.answered, sent = t.sent + excluded.sent, delivered = t.delivered + excluded.delivered,
      replied = t.replied + excluded.replied, booked = t.booked + excluded.booked,
      opted_out = t.opted_out + excluded.opted_out, failed = t.failed + excluded.failed,
      completed = t.completed + excluded.completed
  )

  select count(*)::integer into v_count from taken;
  return v_count;
end
$$;
comment on function engine.fold_timeline() is 'Folds engine.timeline_changes into engine.timeline; returns how many rows were folded.';
revoke all on function engine.fold_timeline() from public;
