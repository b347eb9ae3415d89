-- Customers of an export. A row that comes again, or comes late, changes nothing. Whom ServiceTitan marks
-- doNotService is suppressed in the same transaction, whatever list has the number.
create or replace function engine.store_servicetitan_customers(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_ids bigint[];
  v_numbers text[];
  v_before text[];
  v_count bigint;
begin
  perform engine.lock_marks(p_team_id);
  -- Those whose mark may change: new ones, and whose mark or merge is another now.
  v_ids := array(
    select r.id
    from jsonb_to_recordset(p_records) as r (id bigint, do_not_service boolean, merged_to_id bigint)
    left join engine.servicetitan_customers as c on c.team_id = p_team_id and r.id = c.id
    where c.id is null or c.do_not_service <> coalesce(r.do_not_service, false)
      or c.merged_to_id is distinct from nullif(r.merged_to_id, r.id)
  );
  v_numbers := engine.customer_numbers(p_team_id, v_ids);
  v_before := engine.marked_numbers(p_team_id, 'do_not_service', v_numbers);
  insert into engine.servicetitan_customers as k (
    team_id, id, name, kind, postal_code, balance, tag_ids, do_not_service, merged_to_id, created_at, is_active,
    modified_at
  )
  select distinct on (r.id)
    p_team_id, r.id, left(btrim(r.name), 300), r.type, left(btrim(r.address ->> 'zip'), 20), r.balance,
    coalesce(r.tag_type_ids, '{}'), coalesce(r.do_not_service, false), nullif(r.merged_to_id, r.id),
    r.created_on, coalesce(r.active, true), r.modified_on
  from jsonb_to_recordset(p_records) as r (
    id bigint, active boolean, modified_on timestamptz, created_on timestamptz, name text, type text,
    address jsonb, tag_type_ids bigint[], balance numeric, do_not_service boolean, merged_to_id bigint
  )
  where r.id is not null
  order by r.id, r.modified_on desc nulls last
  on conflict (team_id, id) do update set
    name = excluded.name, kind = excluded.kind, postal_code = excluded.postal_code, balance = excluded.balance,
    tag_ids = excluded.tag_ids, do_not_service = excluded.do_not_service, merged_to_id = excluded.merged_to_id,
    created_at = excluded.created_at,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  perform engine.follow_mark(
    p_team_id, 'do_not_service', v_before, engine.marked_numbers(p_team_id, 'do_not_service', v_numbers)
  );
  return v_count;
end
$$;
comment on function engine.store_servicetitan_customers(uuid, jsonb) is
'Stores records of the export customers, newer over older; returns how many changed anything.';
revoke all on function engine.store_servicetitan_customers(uuid, jsonb) from public;
