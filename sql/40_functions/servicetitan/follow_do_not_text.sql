-- ServiceTitan's doNotText is a suppression of texts with a reason of its own: it stops open texts as any
-- other does, and when ServiceTitan takes the mark back, that lifts this reason and no other. A number
-- stays suppressed while any contact of the team that has it is marked, in use or not.
create or replace function engine.follow_do_not_text(p_team_id uuid, p_before text[], p_after text[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_lifted text[];
begin
  perform engine.stop_numbers(array(
    select (p_team_id, a.phone, 'text', 'do_not_text', 'servicetitan', null)::engine.stop
    from unnest(p_after) as a (phone)
    where not exists (
      select from public.suppressions as s
      where s.team_id = p_team_id and s.phone = a.phone and s.channel = 'text' and s.reason = 'do_not_text'
    )
    order by a.phone
  ));
  with lifted as (
    delete from public.suppressions as s
    using unnest(p_before) as b (phone)
    where
      s.team_id = p_team_id and s.phone = b.phone and s.channel = 'text' and s.reason = 'do_not_text'
      and not exists (
        select from engine.servicetitan_contacts as c
        where c.team_id = p_team_id and c.phone = b.phone and c.do_not_text
      )
    returning s.phone
  )
  select array_agg(l.phone) into v_lifted from lifted as l;
  insert into public.consent_events (team_id, phone, channel, action, source)
  select p_team_id, l.phone, 'text', 'opt_in', 'servicetitan'
  from unnest(v_lifted) as l (phone);
end
$$;
comment on function engine.follow_do_not_text(uuid, text[], text[]) is
'Suppresses texts to numbers that ServiceTitan marks doNotText, and lifts that where the mark is gone.';
revoke all on function engine.follow_do_not_text(uuid, text[], text[]) from public;
