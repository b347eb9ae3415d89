-- Raises OB001 with every problem at once; does nothing when there is none.
create or replace function engine.refuse_issues(p_issues jsonb, p_subject text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_errors jsonb := coalesce(
    jsonb_path_query_array(p_issues, '$[*] ? (@.severity == "error")'), '[]'
  );
  v_count integer := jsonb_array_length(v_errors);
begin
  if v_count = 0 then
    return;
  end if;
  perform engine.refuse(
    'OB001',
    case
      when v_count = 1 then format('%s: %s', p_subject, v_errors -> 0 ->> 'message')
      else format('%s has %s problems; the first: %s', p_subject, v_count, v_errors -> 0 ->> 'message')
    end,
    p_issues,
    'The detail lists every problem with its place.'
  );
end
$$;
comment on function engine.refuse_issues(jsonb, text) is 'Raises OB001 when the issues hold an error.';
revoke all on function engine.refuse_issues(jsonb, text) from public;
