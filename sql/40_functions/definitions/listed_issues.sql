-- What is wrong with a list of ids or words. Ids may come as numbers or as text, as forms give them.
create or replace function engine.listed_issues(p_path text, p_value jsonb, p_words text[], p_pattern text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case
    when jsonb_typeof(p_value) is distinct from 'array' or p_value = '[]'
      then jsonb_build_array(engine.issue('value_invalid', p_path, 'This must be a list with something in it.'))
    when jsonb_array_length(p_value) > 500
      then jsonb_build_array(engine.issue('value_invalid', p_path, 'This list may have at most 500 entries.'))
    else coalesce(
      (
        select jsonb_agg(engine.issue(
          'value_invalid', format('%s[%s]', p_path, i.place - 1),
          case
            when p_words is not null then format('This must be one of %s.', array_to_string(p_words, ', '))
            when p_pattern like '^[1-9]%' then 'This must be an id: a positive whole number.'
            else 'This must be the beginning of a ZIP code.'
          end
        ) order by i.place)
        from jsonb_array_elements(p_value) with ordinality as i (item, place)
        where
          jsonb_typeof(i.item) not in ('string', 'number')
          or (p_words is not null and i.item #>> '{}' <> all(p_words))
          or (p_pattern is not null and i.item #>> '{}' !~ p_pattern)
      ), '[]'
    )
  end
$$;
comment on function engine.listed_issues(text, jsonb, text[], text) is 'Issues of a list whose entries are among p_words or match p_pattern.';
revoke all on function engine.listed_issues(text, jsonb, text[], text) from public;
