-- A lead that another system posts, for whoever shows a token: the receiver has hashed it. A lead that
-- cannot be called is kept as REJECTED, because nobody at the other end reads an answer. No row: no such
-- token.
create or replace function engine.receive_lead(p_token_hash text, p_lead jsonb)
returns jsonb
language plpgsql
security definer -- the receiver may read and write no table
set search_path = ''
set jit = off
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
set enable_seqscan = off -- no plan reads a whole table because it was empty when it was made
as $$
declare
  v_endpoint engine.lead_endpoints;
  v_list public.audience_lists;
  v_lead jsonb := engine.flatten_lead(p_lead);
  v_urgency text := lower(btrim(coalesce(v_lead ->> 'urgency', v_lead ->> 'priority')));
  v_is_duplicate boolean;
  v_taken public.leads;
begin
  select e.* into v_endpoint
  from engine.lead_endpoints as e
  where e.token_hash = decode(p_token_hash, 'hex') and e.revoked_at is null;
  if v_endpoint.id is null then
    return null;
  end if;
  select l.* into v_list
  from public.audience_lists as l
  where l.team_id = v_endpoint.team_id and l.id = v_endpoint.list_id;
  select t.is_duplicate, t.lead_id into v_is_duplicate, v_taken.id
  from engine.take_lead(
    v_list, v_endpoint.source, engine.lead_id_of(v_lead),
    case when v_urgency = any(enum_range(null::public.lead_urgency)::text[]) then v_urgency else 'normal' end::public.lead_urgency,
    v_lead
  ) as t;
  select l.* into v_taken from public.leads as l where l.team_id = v_list.team_id and l.id = v_taken.id;
  return engine.describe_lead(v_taken, v_is_duplicate);
end
$$;
comment on function engine.receive_lead(text, jsonb) is
'Takes the lead that a system posted for the endpoint of a token (SHA-256, hex), as ingest_lead describes it; null when there is none.';
revoke all on function engine.receive_lead(text, jsonb) from public;
grant execute on function engine.receive_lead(text, jsonb) to outbound_worker;
