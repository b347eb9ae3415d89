-- Registers a number that the team sends from. The engine trusts the verification flags, so only an
-- admin sets them.
create or replace function public.upsert_phone_number(
  p_phone text,
  p_label text default null,
  p_vapi_phone_number_id text default null,
  p_is_verified_for_calls boolean default false,
  p_is_verified_for_texts boolean default false,
  p_team_id uuid default null
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
  perform engine.refuse_issues(v_issues, 'The phone number');
  insert into public.phone_numbers (
    team_id, phone, label, vapi_phone_number_id, is_verified_for_calls, is_verified_for_texts
  )
  values (
    v_team_id, v_parsed.phone, nullif(btrim(p_label), ''), nullif(btrim(p_vapi_phone_number_id), ''),
    coalesce(p_is_verified_for_calls, false), coalesce(p_is_verified_for_texts, false)
  )
  on conflict (team_id, phone) do update set
    label = excluded.label,
    vapi_phone_number_id = excluded.vapi_phone_number_id,
    is_verified_for_calls = excluded.is_verified_for_calls,
    is_verified_for_texts = excluded.is_verified_for_texts
  returning * into v_number;
  return v_number;
end
$$;
comment on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid) is
'Adds or changes a sending number, keyed by the number. Admin only.';
revoke all on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid) from public;
grant execute on function public.upsert_phone_number(text, text, text, boolean, boolean, uuid)
to authenticated, service_role;
