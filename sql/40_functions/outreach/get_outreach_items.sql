-- The customers of an outreach, in the order in which they were taken in. A failed hold comes with the
-- sentence of its code, with what was said about this one, and with whether a retry can help.
create or replace function public.get_outreach_items(
  p_outreach_id uuid,
  p_status text default null,
  p_outcome text default null,
  p_limit integer default 50,
  p_cursor text default null
)
returns jsonb
language plpgsql
stable
security definer -- reads the engine's enrollments for a caller who was checked
set search_path = ''
set jit = off
as $$
declare
  v_outreach public.outreaches := engine.require_outreach(p_outreach_id, 'viewer');
  v_limit integer := engine.page_limit(p_limit);
  v_after uuid := engine.page_key(p_cursor, engine.uuid_pattern())::uuid;
begin
  perform engine.refuse_issues(engine.item_filter_issues(p_status, p_outcome), 'The request');
  return (
    with page as materialized (
      select i.*, row_number() over (order by i.id) as place
      from public.outreach_items as i
      where i.team_id = v_outreach.team_id and i.outreach_id = v_outreach.id and (v_after is null or i.id > v_after)
        and (p_status is null or i.status::text = p_status) and (p_outcome is null or i.hold_outcome = p_outcome)
      order by i.id
      limit v_limit + 1
    )

    select jsonb_build_object(
      'counts', engine.count_items(v_outreach.team_id, v_outreach.id),
      'items', coalesce(jsonb_agg(jsonb_build_object(
        'id', p.id, 'contact_id', p.contact_id, 'phone', p.phone, 'first_name', c.first_name, 'last_name', c.last_name,
        'servicetitan_customer_id', p.servicetitan_customer_id, 'servicetitan_job_id', p.servicetitan_job_id,
        'servicetitan_appointment_id', p.servicetitan_appointment_id, 'status', p.status, 'campaign_id', p.campaign_id,
        'dedupe_hash', encode(p.dedupe_hash, 'hex'),
        'hold', case when h.code is not null then jsonb_build_object(
          'code', h.code, 'message', h.message, 'can_retry', h.can_retry, 'cure', h.cure, 'said', p.hold_message,
          'ended_at', p.hold_ended_at
        ) end,
        'enrollment', case when e.id is not null then jsonb_build_object(
          'id', e.id, 'status', e.status, 'reason_code', e.reason_code
        ) end,
        'hold_count', p.hold_count, 'created_at', p.created_at, 'enrolled_at', p.enrolled_at
      ) order by p.place) filter (where p.place <= v_limit), '[]'),
      'next_cursor', case
        when count(*) > v_limit then engine.page_cursor(min(p.id::text) filter (where p.place = v_limit))
      end
    )
    from page as p
    inner join public.contacts as c on p.team_id = c.team_id and p.contact_id = c.id
    left join reference.hold_outcomes as h on p.hold_outcome = h.code
    left join engine.enrollments as e
      on p.team_id = e.team_id and p.campaign_id = e.campaign_id and p.contact_id = e.contact_id and p.status = 'ENROLLED'
  );
end
$$;
comment on function public.get_outreach_items(uuid, text, text, integer, text) is
'A page of the customers of an outreach: {counts{items, holding, hold_failed, can_retry, enrolled, cancelled}, items[{id, '
'contact_id, phone, first_name, last_name, servicetitan_…, status, campaign_id, dedupe_hash, hold{code, message, can_retry, '
'cure, said, ended_at}, enrollment{id, status, reason_code}, hold_count, created_at, enrolled_at}], next_cursor}.';
revoke all on function public.get_outreach_items(uuid, text, text, integer, text) from public;
grant execute on function public.get_outreach_items(uuid, text, text, integer, text) to authenticated, service_role;
