-- The words of a refusal because campaigns use something: how many, and one of them by name.
create or replace function engine.refuse_in_use(
  p_team_id uuid, p_entity text, p_id uuid, p_campaign_ids uuid[], p_does text, p_do text, p_hint text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_used_by constant jsonb := (
    select jsonb_agg(
      jsonb_build_object('entity', 'campaign', 'id', c.id, 'name', c.name, 'status', c.status) order by c.name, c.id
    )
    from public.campaigns as c
    where c.team_id = p_team_id and c.id = any(p_campaign_ids)
  );
  v_first constant text := v_used_by -> 0 ->> 'name';
begin
  if v_used_by is not null then
    perform engine.refuse(
      'OB005',
      case cardinality(p_campaign_ids)
        when 1 then format('The campaign "%s" %s.', v_first, p_does)
        else format('%s campaigns %s, "%s" among them.', cardinality(p_campaign_ids), p_do, v_first)
      end,
      jsonb_build_object('entity', p_entity, 'id', p_id, 'used_by', v_used_by),
      p_hint
    );
  end if;
end
$$;
comment on function engine.refuse_in_use(uuid, text, uuid, uuid[], text, text, text) is
'Raises OB005 if there are campaigns, with used_by as [{entity, id, name, status}]: the words for one ("uses it") and for several.';
revoke all on function engine.refuse_in_use(uuid, text, uuid, uuid[], text, text, text) from public;
