-- Nothing starts while something stands in the way; all of it is listed.
create or replace function engine.refuse_blockers(p_blockers jsonb, p_subject text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_blockers <> '[]' then
    perform engine.refuse(
      'OB007', format('%s is not ready: %s', p_subject, p_blockers -> 0 ->> 'message'),
      jsonb_build_object('blockers', p_blockers), 'Mend what the detail lists, then try again.'
    );
  end if;
end
$$;
comment on function engine.refuse_blockers(jsonb, text) is 'Raises OB007 when there are blockers.';
revoke all on function engine.refuse_blockers(jsonb, text) from public;
