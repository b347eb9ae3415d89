-- Whether one of these tools records an opt-out or a booking.
create or replace function engine.tools_mean(p_names text[], p_meaning text)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from unnest(p_names) as n (name)
    inner join reference.tool_names as t on n.name ~ t.pattern
    where t.meaning = p_meaning
  )
$$;
comment on function engine.tools_mean(text[], text) is 'Whether a tool of these names has the meaning (opt_out, booking).';
revoke all on function engine.tools_mean(text[], text) from public;
