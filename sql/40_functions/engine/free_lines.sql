-- How many jobs of a channel an account may take on now: calls within its lines, everything within its pace.
-- Who takes from it must hold the account's row.
create or replace function engine.free_lines(p_integration public.integrations, p_channel public.contact_channel)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select least(
      case when p_channel = 'call' then p_integration.concurrency_limit - (
        select count(*)
        from engine.jobs as j
        where j.team_id = p_integration.team_id and j.integration_id = p_integration.id
          and j.status in ('CLAIMED', 'DISPATCHED', 'AMBIGUOUS')
      ) end,
      (
        select r.free - engine.leased_jobs(p_integration.team_id, p_integration.id, null)
        from engine.account_room(p_integration) as r
      )
    )
  );
end
$$;
comment on function engine.free_lines(public.integrations, public.contact_channel) is
'Jobs that an account may take on now; null: as many as there are. Negative when it has more than it may.';
revoke all on function engine.free_lines(public.integrations, public.contact_channel) from public;
