-- What a launch does, in words and numbers, for the dialog before it and the notice after.
create or replace function engine.launch_message(
  p_campaign public.campaigns,
  p_to public.campaign_status,
  p_at timestamptz,
  p_members bigint,
  p_blockers jsonb,
  p_dry_run boolean
)
returns text
language sql
stable
set search_path = ''
as $$
  select concat_ws(
    ' ',
    case p_to
      when 'SCHEDULED' then format(
        '"%s" %s scheduled for %s: its list, which has %s members now, is enrolled then.', p_campaign.name,
        engine.tense(p_dry_run), to_char(p_at at time zone t.timezone, 'FMDay FMDD FMMonth YYYY HH24:MI') || ' ' || t.timezone,
        p_members
      )
      else format(
        '"%s" %s launched, and its list enrolled: %s members. Who must not be reached is enrolled with the reason, and left alone.',
        p_campaign.name, engine.tense(p_dry_run), p_members
      )
    end,
    case when p_campaign.is_continuous then 'Members who come later are enrolled as they come.' end,
    (select format('Not before this is mended: %s', b.value ->> 'message') from jsonb_array_elements(p_blockers) as b limit 1)
  )
  from public.teams as t
  where t.id = p_campaign.team_id
$$;
comment on function engine.launch_message(
  public.campaigns, public.campaign_status, timestamptz, bigint, jsonb, boolean
) is 'A sentence or more on what a launch does, or would do.';
revoke all on function engine.launch_message(
  public.campaigns, public.campaign_status, timestamptz, bigint, jsonb, boolean
) from public;
