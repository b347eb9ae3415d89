-- Archiving what is archived, and the other way round.
create or replace function engine.refuse_list_step(p_list public.audience_lists, p_to public.audience_status)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_list.status = p_to then
    perform engine.refuse(
      'OB002', format('The list is %s already.', lower(p_to::text)),
      jsonb_build_object(
        'entity', 'audience_list', 'id', p_list.id, 'from', p_list.status, 'to', p_to,
        'allowed', engine.legal_steps('audience_list', p_list.status::text)
      ),
      'There is nothing to do.'
    );
  end if;
end
$$;
comment on function engine.refuse_list_step(public.audience_lists, public.audience_status) is
'Raises OB002 for a list that has the status already.';
revoke all on function engine.refuse_list_step(public.audience_lists, public.audience_status) from public;
