-- A lead by RPC: {phone, first_name, …} in any spelling of the keys. The lead is in its list when this
-- returns, and due in the campaigns that enroll from it. One that cannot be called is refused with
-- every reason, and nothing of it is kept: whoever sent it has it.
create or replace function public.ingest_lead(
  p_list_id uuid,
  p_lead jsonb,
  p_source text default 'api',
  p_external_id text default null,
  p_urgency text default 'normal'
)
returns jsonb
language plpgsql
security definer -- writes tables that no role may write
set search_path = ''
as $$
declare
  v_list public.audience_lists := engine.require_lead_list(p_list_id, 'operator'); -- engine.require_role
  v_issues jsonb := '[]'::jsonb;
  v_is_duplicate boolean;
  v_taken public.leads;
begin
  if p_lead is null or jsonb_typeof(p_lead) <> 'object' then
    v_issues := v_issues || engine.issue('lead_malformed', 'p_lead', 'The lead must be an object such as {"phone": "…", "first_name": "…"}.');
  end if;
  if coalesce(length(btrim(p_source)), 0) not between 1 and 100 then
    v_issues := v_issues || engine.issue('source_length', 'p_source', 'The source must have 1 to 100 characters.');
  end if;
  if length(btrim(p_external_id)) not between 1 and 200 then
    v_issues := v_issues || engine.issue('external_id_length', 'p_external_id', 'The id must have 1 to 200 characters.');
  end if;
  if p_urgency is null or p_urgency <> all(enum_range(null::public.lead_urgency)::text[]) then
    v_issues := v_issues || engine.issue('urgency_unknown', 'p_urgency', format(
      'The urgency must be one of %s.', array_to_string(enum_range(null::public.lead_urgency), ', ')
    ));
  end if;
  perform engine.refuse_issues(v_issues, 'The lead');
  select t.is_duplicate, t.lead_id into v_is_duplicate, v_taken.id
  from engine.take_lead(
    v_list, p_source, coalesce(btrim(p_external_id), engine.lead_id_of(engine.flatten_lead(p_lead))),
    p_urgency::public.lead_urgency, engine.flatten_lead(p_lead)
  ) as t;
  select l.* into v_taken from public.leads as l where l.team_id = v_list.team_id and l.id = v_taken.id;
  if v_taken.status = 'REJECTED' then
    perform engine.refuse_issues(v_taken.problems, 'The lead');
  end if;
  return engine.describe_lead(v_taken, v_is_duplicate);
end
$$;
comment on function public.ingest_lead(uuid, jsonb, text, text, text) is
'Takes a lead {phone, …} into a speed-to-lead list: {lead_id, contact_id, status, is_duplicate, problems, campaigns[…], …}. '
'Known by source and external id, else by number and day. OB001 with every problem.';
revoke all on function public.ingest_lead(uuid, jsonb, text, text, text) from public;
grant execute on function public.ingest_lead(uuid, jsonb, text, text, text) to authenticated, service_role;
