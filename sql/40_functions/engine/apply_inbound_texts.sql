-- Inbound texts. A stop takes effect in this transaction, for every job of the number in the team; any
-- other text answers the one of ours that waits for a reply.
create or replace function engine.apply_inbound_texts(p_events engine.event_ref[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_text record;
begin
  if not exists (
    select
    from unnest(p_events) as p
    inner join engine.events as e on p.provider = e.provider and p.event_key = e.event_key and e.type = 'inbound'
  ) then
    return;
  end if;
  -- One at a time, because two texts of one person must be taken in the order in which they came; of a stop
  -- and a start that come together the stop is the last. Should two teams have the same number at one
  -- account, a stop holds for both.
  for v_text in
    select
      t.provider, t.event_key, t.team_id, t.phone, t.words, t.job_id, e.occurred_at,
      case when t.phone is not null then t.consent end as consent -- a short code or a name is nobody that we call
    from engine.read_inbound_texts(p_events) as t
    inner join engine.events as e on t.provider = e.provider and t.event_key = e.event_key
    where not t.must_wait
    order by coalesce(e.occurred_at, e.received_at), t.consent = 'opt_out', t.event_key, t.team_id
  loop
    if v_text.consent = 'opt_out' then
      perform engine.stop_numbers(array[
        (v_text.team_id, v_text.phone, null, 'opted_out', 'inbound text', v_text.words)::engine.stop
      ]);
    elsif v_text.consent = 'opt_in' then
      perform engine.readmit_number(
        v_text.team_id, v_text.phone, 'text', 'inbound text', v_text.words, v_text.occurred_at
      );
    end if;
    if v_text.job_id is not null then
      -- Who asks later what was answered finds it at the attempt.
      update engine.events as e
      set attempt_id = a.id
      from engine.attempts as a
      where e.provider = v_text.provider and e.event_key = v_text.event_key
        and a.team_id = v_text.team_id and a.job_id = v_text.job_id and a.status = 'ACCEPTED';
      perform engine.finish_jobs(array[(
        v_text.team_id, v_text.job_id,
        case v_text.consent when 'opt_out' then 'opted_out' when 'opt_in' then 'opted_in' else 'replied' end,
        'inbound_text', v_text.words
      )::engine.finished_job]);
    end if;
    -- Of those that were looked at here and no other: what had to wait then may be answerable by now, and would be
    -- lost if it counted as applied.
    update engine.events as e
    set
      team_id = v_text.team_id, applied_at = engine.now(),
      result = case when v_text.team_id is null or v_text.phone is null then 'ignored' else 'applied' end
    where e.provider = v_text.provider and e.event_key = v_text.event_key and e.result = 'waiting';
  end loop;
end
$$;
comment on function engine.apply_inbound_texts(engine.event_ref[]) is 'Stops, opt-ins and replies that people texted.';
revoke all on function engine.apply_inbound_texts(engine.event_ref[]) from public;
