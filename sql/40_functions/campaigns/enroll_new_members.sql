-- Members that come later are enrolled in the campaigns that enroll continuously, in the transaction that
-- adds them: a lead is called at once, and nobody is forgotten. A launch of such a campaign over the list is
-- waited for, and waits for nobody (engine.still_list): either it sees the member, or it is active when we look.
-- The weakest lock keeps launches and cancels away, and lets workers begin and operators pause meanwhile:
-- an import may hold it for minutes.
create or replace function engine.enroll_new_members()
returns trigger
language plpgsql
security definer -- members are written by functions of other owners' rights
set search_path = ''
set enable_nestloop = on -- engine.store_members turns it off for its own joins
as $$
declare
  v_campaign public.campaigns;
begin
  perform pg_advisory_xact_lock_shared(engine.list_lock(l.team_id, l.list_id))
  from (select distinct n.team_id, n.list_id from new_rows as n order by n.team_id, n.list_id) as l;
  -- A loop over campaigns, not over members: each enrolls its own in one statement.
  for v_campaign in
    select c.*
    from public.campaigns as c
    where c.is_continuous and c.status in ('CREATED', 'SCHEDULED', 'ACTIVE', 'PAUSED')
      and (c.team_id, c.list_id) in (select n.team_id, n.list_id from new_rows as n)
    order by c.id
    for key share
  loop
    continue when v_campaign.status not in ('ACTIVE', 'PAUSED');
    perform engine.enroll_contacts(v_campaign, array(
      select n.contact_id from new_rows as n
      where n.team_id = v_campaign.team_id and n.list_id = v_campaign.list_id
      order by n.contact_id
    ));
  end loop;
  return null;
end
$$;
comment on function engine.enroll_new_members() is 'Trigger: enrolls new members of lists into their continuous campaigns.';
revoke all on function engine.enroll_new_members() from public;
