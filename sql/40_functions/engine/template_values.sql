-- The variables that templates and assistants may use about a person.
create or replace function engine.template_values(
  p_team public.teams,
  p_contact public.contacts,
  p_member public.audience_members
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  -- As a list of texts: to find out the type of each value cost half as much again.
  return jsonb_strip_nulls(jsonb_object(array[
    'first_name', p_contact.first_name,
    'last_name', p_contact.last_name,
    'full_name', nullif(concat_ws(' ', p_contact.first_name, p_contact.last_name), ''),
    'team_name', p_team.name,
    'phone', p_contact.phone,
    'email', p_contact.email,
    'postal_code', p_contact.postal_code,
    'appointment_date', to_char(
      p_member.appointment_starts_at at time zone coalesce(p_contact.timezone, p_team.timezone), 'YYYY-MM-DD'
    ),
    'appointment_time', to_char(
      p_member.appointment_starts_at at time zone coalesce(p_contact.timezone, p_team.timezone), 'HH12:MI AM'
    )
  ]));
end
$$;
comment on function engine.template_values(public.teams, public.contacts, public.audience_members) is
'Values of the template variables for one person; what is not known is left out.';
revoke all on function
engine.template_values(public.teams, public.contacts, public.audience_members) from public;
