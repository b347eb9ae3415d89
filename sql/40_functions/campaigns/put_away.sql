-- Puts a campaign away, or takes it out again; its status stays.
create or replace function engine.put_away(p_campaign_id uuid, p_archived boolean, p_dry_run boolean)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_campaign public.campaigns := engine.take_campaign(
    p_campaign_id, case when p_archived then 'archive' else 'unarchive' end, p_dry_run
  );
  v_enrolled constant bigint := (select c.enrolled from engine.campaign_counts(v_campaign.team_id, v_campaign.id) as c);
begin
  if not p_dry_run then
    update public.campaigns as c
    set archived_at = case when p_archived then engine.now() end, updated_at = engine.now()
    where c.team_id = v_campaign.team_id and c.id = v_campaign.id;
  end if;
  return engine.tell_campaign_step(
    v_campaign, v_campaign.status, p_dry_run,
    format(
      case
        when p_archived then '"%s" %s archived: it is left out of lists, and what it did stays: %s enrolled.'
        else '"%s" %s in lists again, with %s enrolled.'
      end,
      v_campaign.name, engine.tense(p_dry_run), v_enrolled
    ),
    jsonb_build_object('enrolled', v_enrolled, 'archived', p_archived)
  );
end
$$;
comment on function engine.put_away(uuid, boolean, boolean) is
'What archive_campaign and unarchive_campaign do: {campaign_id, from, to, dry_run, at, message, enrolled, archived}.';
revoke all on function engine.put_away(uuid, boolean, boolean) from public;
