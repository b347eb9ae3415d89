-- Whether the provider's word reaches the receiver: of the last requests of a day that were taken, and not just now,
-- how many it told anything of. What the engine asked for itself does not count.
create or replace function engine.webhook_facts(p_integration public.integrations)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('taken', count(*), 'heard_of', count(*) filter (where exists (
    select from engine.events as e
    where e.team_id = a.team_id and e.attempt_id = a.id and e.secret_name is not null
  )))
  from (
    select t.team_id, t.id
    from engine.attempts as t
    where t.team_id = p_integration.team_id and t.provider = p_integration.provider and t.status = 'ACCEPTED'
      and t.begun_at between engine.now() - interval '1 day' and engine.now() - interval '15 minutes'
    order by t.begun_at desc
    limit 20
  ) as a
$$;
comment on function engine.webhook_facts(public.integrations) is
'{taken, heard_of}: of up to 20 requests that an account took, of how many its provider told something by webhook.';
revoke all on function engine.webhook_facts(public.integrations) from public;
