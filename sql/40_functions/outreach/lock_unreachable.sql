-- Contacts that can't be reached on a channel anyway: their appointments are left alone, and the engine
-- enrolls them as suppressed. Locked so that they stay unreachable until the end of the transaction:
-- nobody becomes reachable between this and the enrollment, and is called without the hold.
create or replace function engine.lock_unreachable(
  p_team_id uuid, p_channel public.contact_channel, p_contact_ids uuid[]
)
returns uuid[]
language sql
volatile
set search_path = ''
as $$
  with without_zone as materialized (
    select c.id
    from public.contacts as c
    where c.team_id = p_team_id and c.id = any(p_contact_ids) and cardinality(c.timezones) = 0
    order by c.id
    for share
  ),

  stopped as materialized (
    select s.phone
    from public.suppressions as s
    where s.team_id = p_team_id and s.channel = p_channel and s.phone in (
      select c.phone from public.contacts as c where c.team_id = p_team_id and c.id = any(p_contact_ids)
    )
    order by s.phone, s.reason
    for key share
  )

  select coalesce(array_agg(c.id order by c.id), '{}')
  from public.contacts as c
  where c.team_id = p_team_id and c.id = any(p_contact_ids)
    and (c.id in (select w.id from without_zone as w) or c.phone in (select s.phone from stopped as s))
$$;
comment on function engine.lock_unreachable(uuid, public.contact_channel, uuid[]) is
'Which of some contacts can''t be reached on a channel, kept so until the end of the transaction.';
revoke all on function engine.lock_unreachable(uuid, public.contact_channel, uuid[]) from public;
