-- What providers' answers to lookups are worth. Null means "ask again": what was found is another
-- attempt's, by now or in this very set; or "no trace of it" was asked too early for what it would do now.
create or replace function engine.read_answers(p_results jsonb)
returns engine.lookup_answer[]
language sql
stable
set search_path = ''
as $$
  select array(
    select (
      l.attempt_id,
      case when l.is_first and not l.is_outdated and not exists (
        select
        from engine.attempts as o
        where o.provider = l.provider and o.provider_id = l.provider_id and o.id <> l.attempt_id
      ) then l.found end,
      l.provider_id, l.payload
    )::engine.lookup_answer
    from (
      select
        t.*, a.provider, t.provider_id is null or row_number() over (
          partition by a.provider, t.provider_id order by a.begun_at, a.id
        ) = 1 as is_first,
        t.found is false and engine.proves_absence(a, engine.now())
        and not engine.proves_absence(a, coalesce(t.asked_at, engine.now())) as is_outdated
      from jsonb_to_recordset(p_results)
        as t (attempt_id uuid, found boolean, provider_id text, payload jsonb, asked_at timestamptz)
      inner join engine.attempts as a on t.attempt_id = a.id
    ) as l
  )
$$;
comment on function engine.read_answers(jsonb) is 'Answers to lookups, as far as they can be believed.';
revoke all on function engine.read_answers(jsonb) from public;
