-- What makes two pieces of outreach the same to the person called: kind, channel, number, and the
-- appointment or the job. A reschedule is about the appointment, anything else about the job. Where
-- there is neither, a number is reached once a day, as the team counts days.
create or replace function engine.outreach_hash(
  p_team_id uuid,
  p_kind public.outreach_kind,
  p_channel public.contact_channel,
  p_job_id bigint,
  p_appointment_id bigint,
  p_phone text,
  p_day date
)
returns bytea
language sql
stable
parallel safe
set search_path = ''
as $$
  select sha256(convert_to(
    concat_ws(
      '|', 'outreach', p_team_id, p_kind, p_channel,
      case
        when p_appointment_id is not null and (p_kind = 'reschedule' or p_job_id is null) then 'appointment ' || p_appointment_id
        when p_job_id is not null then 'job ' || p_job_id
        else 'day ' || to_char(p_day, 'YYYY-MM-DD')
      end,
      p_phone
    ), 'UTF8'
  ))
$$;
comment on function engine.outreach_hash(
  uuid, public.outreach_kind, public.contact_channel, bigint, bigint, text, date
) is 'SHA-256 of what makes two outreach items of a team the same.';
revoke all on function engine.outreach_hash(
  uuid, public.outreach_kind, public.contact_channel, bigint, bigint, text, date
) from public;
