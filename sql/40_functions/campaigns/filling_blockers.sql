-- What stands in the way of a launch at the moment itself: a dry run, which takes no locks, can't know it.
create or replace function engine.filling_blockers(p_campaign public.campaigns)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select case
    when engine.still_list(p_campaign) then '[]'::jsonb
    else jsonb_build_array(jsonb_build_object(
      'code', 'list_being_filled', 'message', 'Members are being added to the audience list; launch when that is done.'
    ))
  end
$$;
comment on function engine.filling_blockers(public.campaigns) is
'Keeps the list of a continuous campaign still, or says that it is being filled: [{code, message}].';
revoke all on function engine.filling_blockers(public.campaigns) from public;
