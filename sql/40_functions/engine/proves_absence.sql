-- Whether "no trace of it", asked at a moment, proves anything about an attempt whose fate is not known: only
-- when everything that was on its way must have arrived by then. It is the question's moment that counts, not
-- when the answer is written down: whoever asked may have been frozen in between, and a request have left since.
create or replace function engine.proves_absence(p_attempt engine.attempts, p_asked_at timestamptz)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return case p_attempt.status
    when 'AMBIGUOUS' then p_attempt.begun_at <= p_asked_at - engine.doubt_grace()
    when 'ACCEPTED' then p_attempt.resolved_at <= p_asked_at - interval '2 minutes'
    else false
  end;
end
$$;
comment on function engine.proves_absence(engine.attempts, timestamptz) is
'Whether "no trace of it" proves that the provider does not have an attempt, when it was asked at this moment.';
revoke all on function engine.proves_absence(engine.attempts, timestamptz) from public;
