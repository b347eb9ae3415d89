-- Exclusions as they are kept: each in one spelling, nothing twice, and nothing that says nothing. They
-- have been found in order before.
create or replace function engine.read_exclusions(p_team_id uuid, p_exclusions jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(k.name, k.kept), '{}')
  from (
    select e.name, case
      when e.name in ('list_ids', 'campaign_ids') then (
        select jsonb_agg(distinct lower(v.written)) from jsonb_array_elements_text(e.value) as v (written)
      )
      when e.name = 'tags' then (
        select jsonb_agg(distinct v.written::bigint) from jsonb_array_elements_text(e.value) as v (written)
      )
      when e.name = 'phones' then (
        select jsonb_agg(distinct p.phone)
        from public.teams as t
        cross join lateral engine.parse_phones(
          array(select v.written from jsonb_array_elements_text(e.value) as v (written)), t.country, t.is_sandbox
        ) as p
        where t.id = p_team_id
      )
      else e.value
    end as kept
    from jsonb_each(p_exclusions) as e (name, value)
    where e.value not in ('null', 'false', '[]')
  ) as k
$$;
comment on function engine.read_exclusions(uuid, jsonb) is
'{list_ids?[], campaign_ids?[], tags?[number], contacted_within?, booked_within?, already_booked?, phones?[E.164]}.';
revoke all on function engine.read_exclusions(uuid, jsonb) from public;
