-- What was said about consent is evidence: nobody changes it afterwards, in raw SQL neither. Only with its
-- team it goes; by the time that the cascade comes here, the team is no more.
create or replace function engine.guard_ledger()
returns trigger
language plpgsql
security definer -- whoever writes, and whatever that role may read
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' and not exists (select from public.teams as t where t.id = old.team_id) then
    return old;
  end if;
  perform engine.refuse(
    'OB003', 'The ledger of consent is only added to.',
    jsonb_build_object('entity', 'consent_event', 'id', case when tg_op <> 'TRUNCATE' then old.id end, 'status', 'RECORDED'),
    'Record what is true now with opt_out or opt_in; both stay in the ledger.'
  );
  return null;
end
$$;
comment on function engine.guard_ledger() is 'Trigger: raises OB003 for every change to the ledger of consent but new rows.';
revoke all on function engine.guard_ledger() from public;
