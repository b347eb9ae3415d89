-- What stands in the way of an outreach, as engine.launch_blockers says it of a campaign.
create or replace function engine.outreach_blockers(
  p_list public.audience_lists, p_kind public.outreach_kind, p_channel public.contact_channel, p_phone_number_id uuid
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with found as (
    select 3 as n, 'list_empty' as code, 'The audience list has no members.' as message
    where not exists (
      select from public.audience_members as m where m.team_id = p_list.team_id and m.list_id = p_list.id
    )
    union all
    -- The appointment of that id is a stranger's here.
    select 4, 'list_of_another_account', 'The list was filled before another ServiceTitan account was connected; refresh it.'
    from engine.account_changes as a
    inner join public.integrations as i on a.team_id = i.team_id and a.integration_id = i.id and i.provider = 'servicetitan'
    where p_kind = 'reschedule' and a.team_id = p_list.team_id and not exists (
      select from public.audience_runs as r
      where r.team_id = p_list.team_id and r.list_id = p_list.id and r.status in ('SUCCEEDED', 'PARTIAL')
        and r.started_at >= a.changed_at
    )
    union all
    select b.n, b.code, b.message
    from engine.sending_blockers(p_list.team_id, p_phone_number_id, array[p_channel]) as b
    union all
    select b.n, b.code, b.message
    from engine.account_blockers(
      p_list.team_id, case when p_kind = 'reschedule' then 'servicetitan'::public.provider end, 'holds need'
    ) as b
  )

  select coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'message', f.message) order by f.n, f.code), '[]')
  from found as f
$$;
comment on function engine.outreach_blockers(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) is 'What stands in the way of an outreach: [{code, message}].';
revoke all on function engine.outreach_blockers(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) from public;
