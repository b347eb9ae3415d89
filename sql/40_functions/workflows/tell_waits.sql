-- What a due time waited for, in this order: the law, the node's business hours, its batching.
create or replace function engine.tell_waits(
  p_not_before timestamptz, p_legal timestamptz, p_open timestamptz, p_due timestamptz
)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('for', w.reason, 'until', w.until) order by w.until), '[]')
  from (values
    ('legal_hours', p_legal, date_trunc('second', p_not_before)),
    ('business_hours', p_open, p_legal),
    ('batching', p_due, p_open)
  ) as w (reason, until, since)
  where w.until > w.since
$$;
comment on function engine.tell_waits(timestamptz, timestamptz, timestamptz, timestamptz) is
'[{for, until}] of a due time: when it was asked for, when the law opened, when the node did too, when it is due.';
revoke all on function engine.tell_waits(timestamptz, timestamptz, timestamptz, timestamptz) from public;
