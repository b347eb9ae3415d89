-- What makes two leads the same: their source and its id for them, or their number and the team's day.
create or replace function engine.lead_hash(
  p_team_id uuid, p_source text, p_external_id text, p_phone text, p_received_at timestamptz
)
returns bytea
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select sha256(convert_to(
      case
        when p_external_id is not null then concat_ws('|', 'lead', lower(p_source), p_external_id)
        -- without a number either there is nothing to compare: each such lead stands for itself
        else concat_ws('|', 'lead of', coalesce(p_phone, engine.new_id()::text), (p_received_at at time zone t.timezone)::date)
      end, 'UTF8'
    ))
    from public.teams as t
    where t.id = p_team_id
  );
end
$$;
comment on function engine.lead_hash(uuid, text, text, text, timestamptz) is 'SHA-256 of what makes two leads of a team the same.';
revoke all on function engine.lead_hash(uuid, text, text, text, timestamptz) from public;
