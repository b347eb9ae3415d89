-- A word that no item can have is a mistake, not an empty page.
create or replace function engine.item_filter_issues(p_status text, p_outcome text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(f.issue), '[]')
  from (
    select engine.issue(
      'status_unknown', 'p_status', 'The status must be HOLDING, HOLD_FAILED, ENROLLED or CANCELLED, or null for all.'
    ) as issue
    where p_status <> all(enum_range(null::public.outreach_item_status)::text[])
    union all
    select engine.issue(
      'outcome_unknown', 'p_outcome',
      format('The outcomes are %s.', (select string_agg(h.code, ', ' order by h.code) from reference.hold_outcomes as h))
    )
    where p_outcome is not null and not exists (select from reference.hold_outcomes as h where h.code = p_outcome)
  ) as f
$$;
comment on function engine.item_filter_issues(text, text) is 'What is wrong with the filters of a page of outreach items.';
revoke all on function engine.item_filter_issues(text, text) from public;
