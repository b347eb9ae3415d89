-- One number of a request, by the one phone rule; what is wrong with it is said as for a row of a file. Several are
-- refused: whoever stops two must not believe that both are stopped when one is.
create or replace function engine.read_number(p_team_id uuid, p_phone text)
returns table (phone text, issues jsonb)
language sql
stable
set search_path = ''
as $$
  select p.phone, case
    when p.others <> '{}' then jsonb_build_array(engine.issue('phone_several', 'p_phone', 'Give one number at a time.'))
    when p.problem is null then '[]'
    else jsonb_build_array(engine.issue(p.problem, 'p_phone', i.message))
  end
  from public.teams as t
  cross join lateral engine.parse_phone(left(coalesce(p_phone, ''), 200), t.country, t.is_sandbox) as p
  left join reference.import_problems as i on p.problem = i.code
  where t.id = p_team_id
$$;
comment on function engine.read_number(uuid, text) is 'A number as E.164, or the issue that says why it is none.';
revoke all on function engine.read_number(uuid, text) from public;
