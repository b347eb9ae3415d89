-- What was fetched for a run or a preview, as rows that are checked like those of a file; returns what each
-- field was read from.
create or replace function engine.stage_subject(
  p_team_id uuid, p_subject_id uuid, p_source public.audience_source, p_definition jsonb, p_at timestamptz
)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  -- nothing of an earlier try remains: this and what follows is one transaction
  if p_source = 'custom_report' then
    return engine.stage_report(p_team_id, p_subject_id, p_definition);
  end if;
  perform engine.stage_customers(p_team_id, p_subject_id, p_definition, p_at);
  return jsonb_build_object();
end
$$;
comment on function engine.stage_subject(uuid, uuid, public.audience_source, jsonb, timestamptz) is
'Stages what a run or preview fetched; returns the mapping.';
revoke all on function engine.stage_subject(uuid, uuid, public.audience_source, jsonb, timestamptz) from public;
