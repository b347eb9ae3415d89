-- The first rows of a preview that would become members.
create or replace function engine.preview_sample(p_team_id uuid, p_preview_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(s.item order by s.row_number), '[]')
  from (
    select
      c.row_number,
      jsonb_build_object(
        'name', nullif(concat_ws(' ', c.first_name, c.last_name), ''), 'phone', c.phone, 'email', c.email,
        'postal_code', c.postal_code, 'servicetitan_customer_id', c.servicetitan_customer_id,
        'servicetitan_job_id', f.servicetitan_job_id, 'servicetitan_appointment_id', f.servicetitan_appointment_id,
        'appointment_starts_at', f.appointment_starts_at
      ) as item
    from engine.checked_rows as c
    left join engine.member_facts as f on c.team_id = f.team_id and c.run_id = f.run_id and c.row_number = f.row_number
    where c.team_id = p_team_id and c.run_id = p_preview_id and c.verdict = 'accepted'
    order by c.row_number
    limit 20
  ) as s
$$;
comment on function engine.preview_sample(uuid, uuid) is 'Up to twenty accepted rows of a preview.';
revoke all on function engine.preview_sample(uuid, uuid) from public;
