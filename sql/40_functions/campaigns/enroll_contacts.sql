-- As engine.store_enrollments, for whoever shares the campaign with others who enroll: one after the other, to the commit.
-- Two numbers of one customer that come at once, as two leads do, would not see each other otherwise, nor would twice the
-- same contact. It costs hardly any waiting: who adds members waits for the others at the list in any case, a moment later.
-- Nobody is spared the lock, not even who brings no customer: all come to the list with it, or two could wait in a circle.
create or replace function engine.enroll_contacts(p_campaign public.campaigns, p_contact_ids uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(concat('enrolling ', p_campaign.id), 0));
  return engine.store_enrollments(p_campaign, p_contact_ids);
end
$$;
comment on function engine.enroll_contacts(public.campaigns, uuid[]) is
'Enrolls contacts that are not enrolled yet, with their first jobs, while others may do the same; returns how many.';
revoke all on function engine.enroll_contacts(public.campaigns, uuid[]) from public;
