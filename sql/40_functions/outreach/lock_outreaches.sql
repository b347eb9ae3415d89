-- Of two lists that have a customer under two numbers, the hashes would not tell: a team's launches go one by one, and so
-- does who tries again in a campaign of an outreach.
create or replace function engine.lock_outreaches(p_team_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(concat('outreach ', p_team_id), 0));
end
$$;
comment on function engine.lock_outreaches(uuid) is
'Keeps everybody else from deciding what a team''s outreaches do, until the end of the transaction.';
revoke all on function engine.lock_outreaches(uuid) from public;
