-- A page of a report. The same page again is passed over.
create or replace function engine.store_report_page(
  p_team_id uuid, p_subject_id uuid, p_page_number integer, p_columns text[], p_rows jsonb
)
returns void
language plpgsql
security definer -- workers may write no table
set search_path = ''
as $$
begin
  if engine.is_subject_running(p_team_id, p_subject_id) then
    insert into engine.report_pages (team_id, subject_id, page_number, columns, rows)
    values (p_team_id, p_subject_id, p_page_number, p_columns, p_rows)
    on conflict (team_id, subject_id, page_number) do nothing;
  end if;
end
$$;
comment on function engine.store_report_page(uuid, uuid, integer, text[], jsonb) is
'Stores rows (arrays) of a page of a report for a running refresh or preview.';
revoke all on function engine.store_report_page(uuid, uuid, integer, text[], jsonb) from public;
grant execute on function engine.store_report_page(uuid, uuid, integer, text[], jsonb) to outbound_worker;
