-- Registers a number that the team sends from. The engine trusts the verification flags, so only an
-- admin sets them. Everything is set each time, the caps too: null is no cap.
create or replace function public.upsert_phone_number(
  p_phone text,
  p_label text default null,
  p_vapi_phone_number_id text default null,
  p_is_verified_for_calls boolean default false,
  p_is_verified_for_texts boolean default false,
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
  v_team public.teams;
  v_parsed record;
  v_issues jsonb := '[]'::jsonb;
  v_number public.phone_numbers;
begin
  select * into v_team from public.teams where id = v_team_id;
  select * into v_parsed from engine.parse_phone(p_phone, v_team.country, v_team.is_sandbox);
  if v_parsed.phone is null then
    v_issues := v_issues || engine.issue(coalesce(v_parsed.problem, 'phone_missing'), 'p_phone', 'The number is not a valid phone number.');
  end if;
  if coalesce(p_is_verified_for_calls, false) and coalesce(btrim(p_vapi_phone_number_id), '') = '' then
    v_issues := v_issues || engine.issue(
      'vapi_id_required', 'p_vapi_phone_number_id', 'A number that is verified for calls needs its Vapi id.'
    );
  end if;
  if p_rate_per_minute not between 1 and 100000 then
    v_issues := v_issues || engine.issue(
      'rate_range', 'p_rate_per_minute', 'The rate must be between 1 and 100,000 a minute, or null for no cap.'
    );
  end if;
  if p_daily_limit not between 1 and 10000000 then
    v_issues := v_issues || engine.issue(
      'daily_limit_range', 'p_daily_limit', 'The daily limit must be between 1 and 10,000,000, or null for no cap.'
    );
  end if;
  perform engine.refuse_issues(v_issues, 'The phone number');
  insert into public.phone_numbers (
    team_id, phone, label, vapi_phone_number_id, is_verified_for_calls, is_verified_for_texts, rate_per_minute, daily_limit
  )
  values (
    v_team_id, v_parsed.phone, nullif(btrim(p_label), ''), nullif(btrim(p_vapi_phone_number_id), ''),
    coalesce(p_is_verified_for_calls, false), coalesce(p_is_verified_for_texts, false),
    p_rate_per_minute, p_daily_limit
  )
  on conflict (team_id, phone) do update set
    label = excluded.label,
    vapi_phone_number_id = excluded.vapi_phone_number_id,
    is_verified_for_calls = excluded.is_verified_for_calls,
    is_verified_for_texts = excluded.is_verified_for_texts,
    rate_per_minute = excluded.rate_per_minute,
    daily_limit = excluded.daily_limit
  returning * into v_number;
  return v_number;
end
$$;
comment on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid, integer, integer) is
'Adds or changes a sending number, keyed by the number: p_rate_per_minute calls and texts in any 60 seconds and '
'p_daily_limit in a day of the team''s time zone, null for no cap. Admin only.';
revoke all on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid, integer, integer) from public;
grant execute on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid, integer, integer)
to authenticated, service_role;
