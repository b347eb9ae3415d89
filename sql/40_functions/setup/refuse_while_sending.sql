-- What a campaign sends with, or is about to, is not taken from it unawares: who wants that pauses it first, and it is
-- resumed only when everything is there. What is taken in another way, or at the very moment of a launch, holds
-- the campaign's jobs at the gate (engine.sending_hold).
create or replace function engine.refuse_while_sending(
  p_team_id uuid, p_entity text, p_id uuid, p_channels public.contact_channel[]
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_what constant text := format('it for %ss', array_to_string(p_channels, 's and '));
begin
  perform engine.refuse_in_use(
    p_team_id, p_entity, p_id,
    array(
      select c.id
      from public.campaigns as c
      where c.team_id = p_team_id and c.status in ('SCHEDULED', 'ACTIVE')
        and (p_entity = 'assistant' or c.phone_number_id = p_id) and exists (
          select
          from public.workflow_nodes as n
          where n.team_id = c.team_id and n.workflow_id = c.workflow_id
            and n.type::text = any(p_channels::text[]) and (p_entity <> 'assistant' or n.config ->> 'assistant_id' = p_id::text)
        )
    ),
    'needs ' || v_what, 'need ' || v_what,
    'Pause them, or unschedule those that have not begun. They are resumed or launched when it is back.'
  );
end
$$;
comment on function engine.refuse_while_sending(uuid, text, uuid, public.contact_channel[]) is
'Raises OB005 while a SCHEDULED or ACTIVE campaign needs the phone_number or assistant on one of the channels; used_by is '
'[{entity, id, name, status}].';
revoke all on function engine.refuse_while_sending(uuid, text, uuid, public.contact_channel[]) from public;
