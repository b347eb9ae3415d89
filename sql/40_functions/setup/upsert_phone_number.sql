-- Registers a number that the team sends from. The engine trusts the verification flags, so only an
-- admin sets them, and they and the Vapi id change only when they are said: whoever changes a cap takes no campaign
-- off the air. Label and caps are set each time: null is no cap.
create or replace function public.upsert_phone_number(
  p_phone text,
  p_label text default null,
  p_vapi_phone_number_id text default null,
  p_is_verified_for_calls boolean default null,
  p_is_verified_for_texts boolean default null,
  p_team_id uuid default null,
  p_rate_per_minute integer default null,
  p_daily_limit integer default null
)
returns public.phone_numbers
language plpgsql
security definer -- writes public.phone_numbers, which no role may write
set search_path = ''
as $$
declare
  v_team_id uuid := engine.require_team(p_team_id, 'admin');
  v_parsed record;
  v_before public.phone_numbers;
  v_number public.phone_numbers;
  v_lost public.contact_channel[];
begin
  select n.* into v_parsed
  from public.teams as t
  cross join engine.parse_phone(p_phone, t.country, t.is_sandbox) as n
  where t.id = v_team_id;
  select f.* into v_before
  from public.phone_numbers as f
  where f.team_id = v_team_id and f.phone = v_parsed.phone
  for no key update;
  v_number := v_before;
  v_number.phone := v_parsed.phone;
  v_number.label := nullif(btrim(p_label), '');
  v_number.vapi_phone_number_id := nullif(btrim(coalesce(p_vapi_phone_number_id, v_before.vapi_phone_number_id)), '');
  v_number.is_verified_for_calls := coalesce(p_is_verified_for_calls, v_before.is_verified_for_calls, false);
  v_number.is_verified_for_texts := coalesce(p_is_verified_for_texts, v_before.is_verified_for_texts, false);
  v_number.rate_per_minute := p_rate_per_minute;
  v_number.daily_limit := p_daily_limit;
  perform engine.refuse_issues(engine.phone_number_issues(v_number, v_parsed.problem), 'The phone number');
  v_lost := array(
    select c.channel
    from (values
      ('call'::public.contact_channel, v_before.is_verified_for_calls and not v_number.is_verified_for_calls),
      ('text', v_before.is_verified_for_texts and not v_number.is_verified_for_texts)
    ) as c (channel, is_lost)
    where c.is_lost
  );
  perform engine.refuse_while_sending(v_team_id, 'phone_number', v_before.id, v_lost);
  insert into public.phone_numbers as f (
    team_id, phone, label, vapi_phone_number_id, is_verified_for_calls, is_verified_for_texts, rate_per_minute, daily_limit
  )
  values (
    v_team_id, v_number.phone, v_number.label, v_number.vapi_phone_number_id, v_number.is_verified_for_calls,
    v_number.is_verified_for_texts, v_number.rate_per_minute, v_number.daily_limit
  )
  on conflict (team_id, phone) do update set
    label = excluded.label,
    -- One that somebody else adds at this moment was not seen above.
    vapi_phone_number_id = nullif(btrim(coalesce(p_vapi_phone_number_id, f.vapi_phone_number_id)), ''),
    is_verified_for_calls = coalesce(p_is_verified_for_calls, f.is_verified_for_calls),
    is_verified_for_texts = coalesce(p_is_verified_for_texts, f.is_verified_for_texts),
    rate_per_minute = excluded.rate_per_minute,
    daily_limit = excluded.daily_limit
  returning f.* into v_number;
  return v_number;
end
$$;
comment on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid, integer, integer) is
'Adds or changes a sending number, keyed by the number: p_rate_per_minute calls and texts in any 60 seconds and '
'p_daily_limit in a day of the team''s time zone, null for no cap. What it is verified for and its Vapi id stay when they are '
'null, and '''' takes the id away. OB005 naming the campaigns, SCHEDULED or ACTIVE, that need what is taken away. Admin only.';
revoke all on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid, integer, integer) from public;
grant execute on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid, integer, integer)
to authenticated, service_role;
