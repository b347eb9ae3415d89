-- What the launch of a campaign will do with somebody who is in its list: judged by what enrolls.
create or replace function engine.tell_launch(p_campaign public.campaigns, p_contact_id uuid, p_timezone text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'kind', 'launch', 'at', p_campaign.scheduled_at, 'decision', case when j.reason_code is null then 'enroll' else 'leave_out' end,
    'reason_code', j.reason_code,
    'message', format(
      'Would be %s when the campaign %s%s', case when j.reason_code is null then 'enrolled' else 'left out' end,
      case
        when p_campaign.status = 'SCHEDULED' then 'starts on ' || engine.tell_moment(p_campaign.scheduled_at, p_timezone)
        else 'is launched'
      end,
      coalesce(': ' || engine.tell_reason(j.reason_code), '.')
    )
  )
  from engine.campaign_entry(p_campaign.team_id, p_campaign.workflow_id) as e
  cross join lateral engine.judge_members(p_campaign, e.channel, array(
    -- With her other numbers in the list, of which the launch takes one.
    select o.contact_id
    from public.contacts as c
    cross join lateral engine.same_customers(c.team_id, array[(1, c.id, c.phone, c.servicetitan_customer_id)::engine.candidate]) as o
    inner join public.audience_members as m
      on c.team_id = m.team_id and m.list_id = p_campaign.list_id and o.contact_id = m.contact_id
    where c.team_id = p_campaign.team_id and c.id = p_contact_id
    union all
    select p_contact_id
  )) as j
  where j.contact_id = p_contact_id and p_campaign.status in ('CREATED', 'SCHEDULED') and exists (
    select from public.audience_members as m
    where m.team_id = p_campaign.team_id and m.list_id = p_campaign.list_id and m.contact_id = p_contact_id
  )
$$;
comment on function engine.tell_launch(public.campaigns, uuid, text) is
'{kind: launch, at, decision: enroll or leave_out, reason_code, message} for a member of a campaign that has not begun; else null.';
revoke all on function engine.tell_launch(public.campaigns, uuid, text) from public;
