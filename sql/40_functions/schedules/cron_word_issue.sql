-- Why a word of a cron field can't be read, for people who know other dialects of cron.
create or replace function engine.cron_word_issue(p_word text, p_field text, p_low integer, p_high integer)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_name text := replace(p_field, '_', ' ');
begin
  return engine.issue('cron_value_unknown', 'p_expression.' || p_field, case
    when p_word = '' then format('The %s has an empty place; write a number from %s to %s there.', v_name, p_low, p_high)
    when p_word like '?%' then format('The %s has "?", which cron does not know; write * for every %1$s.', v_name)
    when p_word ~* '^(l|lw|wl|l-?[0-9]+w?)$' and p_field = 'day_of_month'
      then format('The %s has "%s", which cron does not know; for the last day of the month write $ alone.', v_name, p_word)
    when p_word ~* '^([0-7]|[a-z]{3})?l$' and p_field = 'day_of_week'
      then format('The %s has "%s": the last such weekday of a month cannot be written in cron.', v_name, p_word)
    when p_word ~* '^(w[0-9]+|[0-9]+w)$'
      then format('The %s has "%s": the weekday nearest to a day cannot be written in cron.', v_name, p_word)
    when p_word like '$%' and p_field = 'day_of_month'
      then format('The %s has "$" beside something else; it stands alone, for the last day of the month.', v_name)
    when p_field = 'month' then format('The month has "%s"; months are 1 to 12 or jan to dec.', left(p_word, 40))
    when p_field = 'day_of_week' then format('The day of week has "%s"; weekdays are 0 to 7 or sun to sat.', left(p_word, 40))
    else format('The %s has "%s"; it takes numbers from %s to %s.', v_name, left(p_word, 40), p_low, p_high)
  end);
end
$$;
comment on function engine.cron_word_issue(text, text, integer, integer) is 'The issue of a word that is neither a number nor a name.';
revoke all on function engine.cron_word_issue(text, text, integer, integer) from public;
