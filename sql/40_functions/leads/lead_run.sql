-- The run of the day that a lead belongs to, or the id that it will have. A run that succeeded stays so:
-- from the first lead that was rejected on, the day has another one.
create or replace function engine.lead_run(p_list public.audience_lists, p_is_rejected boolean)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(
      (
        select r.id
        from public.audience_runs as r
        inner join public.teams as t on r.team_id = t.id
        where r.team_id = p_list.team_id and r.list_id = p_list.id and r.source = 'speed_to_lead'
          and (r.status = 'PARTIAL' or not p_is_rejected)
          and (r.created_at at time zone t.timezone)::date = (engine.now() at time zone t.timezone)::date
        order by r.id desc
        limit 1
      ),
      engine.new_id()
    )
  );
end
$$;
comment on function engine.lead_run(public.audience_lists, boolean) is 'Id of the run that counts a list''s leads of today.';
revoke all on function engine.lead_run(public.audience_lists, boolean) from public;
