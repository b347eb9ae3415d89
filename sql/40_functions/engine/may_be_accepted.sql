-- Whether the news that the provider has a request can still be true of an attempt: it is open or in
-- doubt, or it was given up (no trace was found, or it was to be tried later) and nothing was sent since.
-- The provider's word beats our conclusion, or she would be dialled again.
create or replace function engine.may_be_accepted(p_attempt engine.attempts)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return p_attempt.status in ('OPEN', 'AMBIGUOUS') or (
    p_attempt.status in ('NOT_SENT', 'TRY_LATER')
    and not engine.has_live_attempt(p_attempt.team_id, p_attempt.job_id)
  );
end
$$;
comment on function engine.may_be_accepted(engine.attempts) is 'Whether a provider''s acceptance of this attempt can still be recorded.';
revoke all on function engine.may_be_accepted(engine.attempts) from public;
