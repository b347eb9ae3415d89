-- Contacts of an export; see store_servicetitan_customers. Their numbers are read here, once, by the one
-- phone rule. What ServiceTitan says about reaching them is kept as suppressions in the same transaction.
create or replace function engine.store_servicetitan_contacts(p_team_id uuid, p_records jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_numbers text[];
  v_not_to_text text[];
  v_not_to_serve text[];
  v_ids bigint[] := array(select (r.item ->> 'id')::bigint from jsonb_array_elements(p_records) as r (item));
  v_count bigint;
begin
  perform engine.lock_marks(p_team_id);
  v_numbers := engine.contact_numbers(p_team_id, v_ids);
  v_not_to_text := engine.marked_numbers(p_team_id, 'do_not_text', v_numbers);
  v_not_to_serve := engine.marked_numbers(p_team_id, 'do_not_service', v_numbers);
  with records as materialized (
    select distinct on (r.id) r.*
    from jsonb_to_recordset(p_records) as r (
      id bigint, active boolean, modified_on timestamptz, customer_id bigint, type text, value text,
      phone_settings jsonb, preferences jsonb
    )
    where r.id is not null
    order by r.id, r.modified_on desc nulls last
  ),
  phones as materialized (
    select row_number() over (order by r.id) as ordinal, r.id, r.value
    from records as r
    where r.type in ('Phone', 'MobilePhone')
  ),
  parsed as materialized (
    select p.ordinal, p.phone
    from public.teams as t
    cross join lateral engine.parse_phones(
      array(select p.value from phones as p order by p.ordinal), t.country, t.is_sandbox
    ) as p
    where t.id = p_team_id
  )
  insert into engine.servicetitan_contacts as k (
    team_id, id, customer_id, kind, value, phone, do_not_text, wants_marketing, is_active, modified_at
  )
  select
    p_team_id, r.id, r.customer_id, r.type, left(btrim(r.value), 200), d.phone,
    coalesce((r.phone_settings ->> 'do_not_text')::boolean, false),
    (r.preferences ->> 'marketing_updates_enabled')::boolean, coalesce(r.active, true), r.modified_on
  from records as r
  left join phones as p on r.id = p.id
  left join parsed as d on p.ordinal = d.ordinal
  on conflict (team_id, id) do update set
    customer_id = excluded.customer_id, kind = excluded.kind, value = excluded.value, phone = excluded.phone,
    do_not_text = excluded.do_not_text, wants_marketing = excluded.wants_marketing,
    is_active = excluded.is_active, modified_at = excluded.modified_at
  where (excluded.modified_at >= k.modified_at) is not false and k.* is distinct from excluded.*;
  get diagnostics v_count = row_count;
  v_numbers := v_numbers || engine.contact_numbers(p_team_id, v_ids);
  perform engine.follow_mark(
    p_team_id, 'do_not_text', v_not_to_text, engine.marked_numbers(p_team_id, 'do_not_text', v_numbers)
  );
  perform engine.follow_mark(
    p_team_id, 'do_not_service', v_not_to_serve, engine.marked_numbers(p_team_id, 'do_not_service', v_numbers)
  );
  return v_count;
end
$$;
comment on function engine.store_servicetitan_contacts(uuid, jsonb) is
'Stores records of the export contacts, newer over older, and follows doNotText and doNotService; returns how many changed anything.';
revoke all on function engine.store_servicetitan_contacts(uuid, jsonb) from public;
