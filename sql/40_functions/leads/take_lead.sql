-- The one way a lead comes in, whoever brings it: checked as a row of a file is, known by its source and
-- id, stored with what was wrong, and a member of its list, whose continuous campaigns enroll it in this
-- same transaction.
create or replace function engine.take_lead(
  p_list public.audience_lists, p_source text, p_external_id text, p_urgency public.lead_urgency, p_lead jsonb
)
returns table (lead_id uuid, is_duplicate boolean)
language plpgsql
set search_path = ''
as $$
declare
  -- staged under an id of its own, as if the lead were a run
  v_row engine.checked_rows := engine.check_lead(p_list.team_id, engine.new_id(), p_lead);
  v_hash bytea := engine.lead_hash(p_list.team_id, p_source, p_external_id, v_row.phone, engine.now());
  v_status public.lead_status;
  v_was_member boolean;
begin
  lead_id := engine.new_id();
  v_was_member := exists (
    select from public.contacts as c
    inner join public.audience_members as m on c.team_id = m.team_id and c.id = m.contact_id
    where c.team_id = p_list.team_id and c.phone = v_row.phone and m.list_id = p_list.id
  );
  -- Whoever brings the same lead at this moment waits here, and finds it. It is stored as rejected until
  -- it has a contact.
  insert into public.leads as l (team_id, id, list_id, source, external_id, urgency, status, problems, dedupe_hash)
  values (
    p_list.team_id, lead_id, p_list.id, btrim(p_source), p_external_id, p_urgency, 'REJECTED',
    engine.lead_problems(v_row.issues), v_hash
  )
  -- One that could not be called comes again mended: nobody was called for it, so that is no duplicate.
  on conflict on constraint leads_are_not_duplicates do update set
    list_id = excluded.list_id, urgency = excluded.urgency, problems = excluded.problems,
    received_at = excluded.received_at
  where l.status = 'REJECTED' and v_row.verdict = 'accepted'
  returning l.id into lead_id;
  is_duplicate := not found;
  if not is_duplicate and v_row.verdict = 'accepted' then
    perform engine.store_lead(p_list, lead_id, v_row, p_urgency);
  end if;
  select l.id, l.status into lead_id, v_status
  from public.leads as l
  where l.team_id = p_list.team_id and l.dedupe_hash = v_hash;
  perform engine.count_lead(p_list, v_status, is_duplicate, v_was_member);
  return next;
end
$$;
comment on function engine.take_lead(public.audience_lists, text, text, public.lead_urgency, jsonb) is
'Takes a flat lead into a list: the id that it is stored under, and whether it was there before.';
revoke all on function engine.take_lead(public.audience_lists, text, text, public.lead_urgency, jsonb) from public;
