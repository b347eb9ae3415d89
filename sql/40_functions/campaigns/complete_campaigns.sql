-- Campaigns with nothing open are over, unless they enroll continuously.
create or replace function engine.complete_campaigns()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_completed integer;
begin
  update public.campaigns as c
  set status = 'COMPLETED', ended_at = engine.now(), updated_at = engine.now()
  from (
    select k.team_id, k.id
    from public.campaigns as k
    where k.status = 'ACTIVE' and not k.is_continuous and not exists (
      select from engine.enrollments as e
      where e.team_id = k.team_id and e.campaign_id = k.id and e.status = 'ACTIVE'
    ) and not exists (
      select from engine.jobs as j
      where j.campaign_id = k.id and j.status in ('READY', 'CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
    )
    order by k.id
    for update of k skip locked
  ) as d
  where c.team_id = d.team_id and c.id = d.id and c.status = 'ACTIVE';
  get diagnostics v_completed = row_count;
  return v_completed;
end
$$;
comment on function engine.complete_campaigns() is 'Completes active campaigns with no active enrollment; returns how many.';
revoke all on function engine.complete_campaigns() from public;
