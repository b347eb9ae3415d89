-- Contacts whose number the team does not have yet, in order of their number (see engine.update_contacts).
-- Ids go up in the same order, so that both keys grow at their right edge: of UUIDs of version 7 the
-- milliseconds and the twelve bits after them are counted on from now, which engine.new_id leaves to chance; the
-- rest is a hash, because to draw it costs as much as to store a column.
create or replace function engine.add_contacts(
  p_team_id uuid, p_run_id uuid, p_from text default '', p_before text default null
)
returns bigint
language plpgsql
set search_path = ''
set work_mem = '64MB' -- one sort of all rows, and a look into all contacts
as $$
declare
  v_now timestamptz := engine.now();
  v_id bytea := uuid_send(engine.new_id());
  -- milliseconds and what follows, as one number to count on from; and what makes the rest of an id anybody's guess
  v_first bigint := ('x' || encode(substr(v_id, 1, 6), 'hex'))::bit(48)::bigint << 12;
  v_seed bigint := ('x' || encode(substr(v_id, 9), 'hex'))::bit(64)::bigint;
  v_count bigint;
begin
  insert into public.contacts (
    team_id, id, phone, phone_extension, first_name, last_name, email, timezone, timezones, regions, postal_code,
    servicetitan_customer_id, created_at, updated_at
  )
  select
    p_team_id,
    (
      lpad(to_hex(((n.id >> 12) << 16) | x'7000'::bigint | (n.id & x'fff'::bigint)), 16, '0')
      || to_hex(x'8000000000000000'::bigint | (hashtextextended(n.phone, v_seed) & x'3fffffffffffffff'::bigint))
    )::uuid,
    n.phone, n.phone_extension, n.first_name, n.last_name, n.email, n.timezone, n.timezones, n.regions, n.postal_code,
    n.servicetitan_customer_id, v_now, v_now
  from (
    select k.*, v_first + row_number() over (order by k.phone collate "C") as id
    from engine.checked_rows as k
    where k.team_id = p_team_id and k.run_id = p_run_id and k.verdict = 'accepted'
      and k.phone >= p_from and (p_before is null or k.phone < p_before)
      and not exists (
        select from public.contacts as c
        where c.team_id = p_team_id and c.phone = k.phone
          and c.phone >= p_from and (p_before is null or c.phone < p_before) -- the same, for the index
      )
    order by k.phone collate "C"
  ) as n;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function engine.add_contacts(uuid, uuid, text, text) is
'Makes contacts of a run''s accepted rows, with numbers in [from, before) if that is given, where the team has none; how many.';
revoke all on function engine.add_contacts(uuid, uuid, text, text) from public;
