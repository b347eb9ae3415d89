-- Folds the due times that have come into one, so that what is due is read from a few rows. A minute behind the
-- clock: whoever reads may have asked for the time before this transaction, and sees what it has done.
-- Times to come are not folded, because nobody adds them up. The caller keeps others from folding.
create or replace function engine.fold_due_counters()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_count integer;
begin
  with taken as (
    delete from engine.due_counters as d
    where d.ctid in (
      select f.ctid
      from engine.due_counters as f
      where f.due_at > '-infinity' and f.due_at <= engine.now() - interval '1 minute'
      limit 50000
      for update skip locked
    )
    returning d.*
  ),

  folded as (
    insert into engine.due_counters as d
    select t.team_id, t.campaign_id, '-infinity'::timestamptz, t.node_id, 0, sum(t.amount)
    from taken as t
    group by 1, 2, 3, 4, 5
    having sum(t.amount) <> 0
    on conflict on constraint due_counters_pk do update set amount = d.amount + excluded.amount
  )

  select count(*)::integer into v_count from taken;
  return v_count;
end
$$;
comment on function engine.fold_due_counters() is 'Folds due times that have come; returns how many rows were folded.';
revoke all on function engine.fold_due_counters() from public;
