-- Everything that is wrong with new settings of a team, at once; null is what stays as it is.
create or replace function engine.team_issues(
  p_team public.teams, p_name text, p_timezone text, p_country text, p_frequency_limit integer, p_frequency_window text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(i.issue order by i.place), '[]')
  from (
    select 1 as place, engine.issue('name_length', 'p_name', 'The name must have 1 to 200 characters.') as issue
    where length(btrim(p_name)) not between 1 and 200
    union all
    select 2, engine.issue('timezone_unknown', 'p_timezone', 'The time zone must be an IANA name, such as America/Denver.')
    where p_timezone is not null and not engine.is_timezone(p_timezone)
    union all
    select 3, engine.issue('country_unknown', 'p_country', 'The country must be two capital letters, such as US.')
    where p_country !~ '^[A-Z]{2}$'
    union all
    select 4, engine.issue(
      'frequency_limit_range', 'p_frequency_limit', 'The limit must be between 1 and 1000 contacts; 0 takes the cap away.'
    )
    where p_frequency_limit not between 0 and 1000
    union all
    select 5, engine.issue(
      'frequency_window_malformed', 'p_frequency_window', 'The window must be an ISO 8601 duration from PT1M to P365D, such as P7D.'
    )
    where p_frequency_window is not null
      and not engine.is_duration(to_jsonb(p_frequency_window), interval '1 minute', interval '365 days')
    union all
    select 6, engine.issue(
      'frequency_window_required', 'p_frequency_window', 'A limit needs the window that it is counted in, such as P7D.'
    )
    where p_frequency_limit > 0 and p_frequency_window is null and p_team.frequency_window is null
    union all
    select 7, engine.issue(
      'frequency_limit_required', 'p_frequency_limit', 'A window needs the limit of contacts in it.'
    )
    where p_frequency_window is not null and p_frequency_limit is null and p_team.frequency_limit is null
  ) as i
$$;
comment on function engine.team_issues(public.teams, text, text, text, integer, text) is
'Issues of new settings of a team; none is an empty array.';
revoke all on function engine.team_issues(public.teams, text, text, text, integer, text) from public;
