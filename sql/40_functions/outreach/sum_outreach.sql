-- The answer of a launch, before it (p_outreach_id null) and after: what is new, what exists already and
-- where, who is left out.
create or replace function engine.sum_outreach(
  p_list public.audience_lists,
  p_kind public.outreach_kind,
  p_channel public.contact_channel,
  p_outreach_id uuid
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with planned as materialized (
    select
      p.*, i.outreach_id, i.status,
      case
        when p.is_left_out then 'left_out'
        when p.item_id is null then 'item'
        else 'duplicate'
      end as part,
      p.is_left_out and p_kind = 'reschedule' and p.servicetitan_appointment_id is null as is_aimless,
      row_number() over (partition by p.is_left_out, i.outreach_id order by p.contact_id) as place
    from engine.plan_outreach(p_list, p_kind, p_channel, p_outreach_id) as p
    left join public.outreach_items as i on i.team_id = p_list.team_id and p.item_id = i.id
  )

  select jsonb_build_object(
    'counts', jsonb_build_object(
      'members', count(*),
      'items', count(*) filter (where p.part = 'item'),
      'duplicates', count(*) filter (where p.part = 'duplicate'),
      'without_appointment', count(*) filter (where p.is_aimless),
      'same_customer', count(*) filter (where p.part = 'left_out' and not p.is_aimless),
      'suppressed', count(*) filter (where p.part = 'item' and p.is_unreachable),
      'holds', count(*) filter (where p.part = 'item' and p_kind = 'reschedule' and not p.is_unreachable)
    ),
    'duplicates', coalesce(jsonb_path_query_array(jsonb_agg(jsonb_build_object(
      'contact_id', p.contact_id, 'phone', p.phone, 'item_id', p.item_id, 'outreach_id', p.outreach_id, 'status', p.status,
      'dedupe_hash', encode(p.dedupe_hash, 'hex')
    ) order by p.contact_id) filter (where p.part = 'duplicate' and p.place <= 50), '$[0 to 49]'), '[]'),
    'left_out', coalesce(jsonb_agg(jsonb_build_object(
      'contact_id', p.contact_id, 'phone', p.phone,
      'code', case when p.is_aimless then 'appointment_missing' else 'same_customer' end,
      'message', case
        when p.is_aimless then 'There is no appointment that could be rescheduled.' else 'The customer is done under another number.'
      end
    ) order by p.contact_id) filter (where p.part = 'left_out' and p.place <= 50), '[]')
  )
  from planned as p
$$;
comment on function engine.sum_outreach(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) is 'What a launch does or did: {counts, duplicates, left_out}, the lists with their first 50.';
revoke all on function engine.sum_outreach(
  public.audience_lists, public.outreach_kind, public.contact_channel, uuid
) from public;
