-- What is wrong with the rows of a do-not-contact list, by row and column, in their order.
create or replace function engine.stop_row_issues(p_rows engine.stop_row[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(engine.issue(
    u.code, 'p_rows',
    case u.code
      when 'row_malformed' then 'A row is {"phone": "…", "channel": "…", "note": "…"} or the number alone.'
      when 'channel_unknown' then 'The channel must be call or text, or empty for both.'
      when 'note_length' then 'The note has more than 1600 characters.'
      else i.message
    end,
    'error',
    jsonb_build_object('row', r.row_number, 'column', c.name, 'value', left(
      case c.name when 'phone' then r.raw when 'channel' then r.channel end, 200
    ))
  ) order by r.row_number, c.name), '[]')
  from unnest(p_rows) as r
  cross join unnest(r.problems) as u (code)
  left join reference.import_problems as i on u.code = i.code
  cross join lateral (
    select case u.code
      when 'row_malformed' then null when 'channel_unknown' then 'channel' when 'note_length' then 'note' else 'phone'
    end as name
  ) as c
$$;
comment on function engine.stop_row_issues(engine.stop_row[]) is
'[{code, severity, path, message, row, column, value}] of rows that cannot be used.';
revoke all on function engine.stop_row_issues(engine.stop_row[]) from public;
