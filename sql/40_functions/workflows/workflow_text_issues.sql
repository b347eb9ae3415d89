-- What is wrong with the words that people give a workflow.
create or replace function engine.workflow_text_issues(p_name text, p_note text)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_issues jsonb := '[]'::jsonb;
begin
  if length(btrim(coalesce(p_name, ''))) not between 1 and 200 then
    v_issues := v_issues || engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.');
  end if;
  if length(p_note) > 2000 then
    v_issues := v_issues || engine.issue('note_length', 'p_note', 'The note must have at most 2000 characters.');
  end if;
  return v_issues;
end
$$;
comment on function engine.workflow_text_issues(text, text) is 'Problems of a workflow''s name and note, as issues.';
revoke all on function engine.workflow_text_issues(text, text) from public;
