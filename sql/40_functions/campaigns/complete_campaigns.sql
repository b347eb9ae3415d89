-- Campaigns with nothing open are over, unless they enroll continuously.
create or replace function engine.complete_campaigns()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_ids uuid[];
  v_completed integer;
begin
  v_ids := array(
    select k.id
    from public.campaigns as k
    where k.status = 'ACTIVE' and not k.is_continuous and engine.is_campaign_over(k.team_id, k.id)
    order by k.id
    for update of k skip locked
  );
  -- Looked at again now that nobody else holds them: a retry may have opened one in between.
  update public.campaigns as c
  set status = 'COMPLETED', ended_at = engine.now(), updated_at = engine.now()
  where c.id = any(v_ids) and c.status = 'ACTIVE' and engine.is_campaign_over(c.team_id, c.id);
  get diagnostics v_completed = row_count;
  return v_completed;
end
$$;
comment on function engine.complete_campaigns() is 'Completes active campaigns that have nothing open; returns how many.';
revoke all on function engine.complete_campaigns() from public;
