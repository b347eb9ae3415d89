-- As engine.store_enrollments, for whoever shares the campaign with others. Nobody else enrolls the same people
-- meanwhile, or hardly ever; one who is enrolled all of a sudden undoes this step, and the next look finds her.
-- What is undone is a subtransaction, and a subtransaction keeps the memory of its rows until all is committed: so a
-- list of any length is stored by who holds the campaign alone, with engine.store_enrollments.
create or replace function engine.enroll_contacts(p_campaign public.campaigns, p_contact_ids uuid[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  c_attempts constant integer := 10;
  v_attempt integer := 1;
  v_enrolled integer;
begin
  loop
    begin
      v_enrolled := engine.store_enrollments(p_campaign, p_contact_ids);
      exit;
    exception
      when unique_violation then
        if v_attempt = c_attempts then
          raise;
        end if;
        v_attempt := v_attempt + 1;
    end;
  end loop;
  return v_enrolled;
end
$$;
comment on function engine.enroll_contacts(public.campaigns, uuid[]) is
'Enrolls contacts that are not enrolled yet, with their first jobs, while others may do the same; returns how many.';
revoke all on function engine.enroll_contacts(public.campaigns, uuid[]) from public;
