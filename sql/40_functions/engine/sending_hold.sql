-- What has been taken from a running campaign that its calls or texts can't do without: they wait until it is back, all
-- of the channel. Asked by the gate, once for each campaign of a batch, and before jobs are picked at all, so that what
-- waits does not hide what is due behind it. It would keep the campaign from being launched or resumed as well
-- (engine.launch_blockers). What is not there is as good as taken away.
create or replace function engine.sending_hold(
  p_team_id uuid, p_workflow_id uuid, p_phone_number_id uuid, p_channel public.contact_channel
)
returns text
language plpgsql -- whose plan is kept: a claim asks this for each campaign that has something due
stable
set search_path = ''
as $$
begin
  return case
    when not exists (
      select
      from public.phone_numbers as f
      where f.team_id = p_team_id and f.id = p_phone_number_id
        and case p_channel when 'call' then f.is_verified_for_calls else f.is_verified_for_texts end
    ) then 'number_not_verified'
    when exists (
      select
      from engine.nodes_without_assistant(p_team_id, p_workflow_id) as n
      where n.type::text = p_channel::text
    ) then 'assistant_inactive'
  end;
end
$$;
comment on function engine.sending_hold(uuid, uuid, uuid, public.contact_channel) is
'Why what a campaign would send on a channel waits: number_not_verified, assistant_inactive, or null.';
revoke all on function engine.sending_hold(uuid, uuid, uuid, public.contact_channel) from public;
