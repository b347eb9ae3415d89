-- A mark of ServiceTitan that says whom not to reach (doNotText, doNotService) is a suppression with a
-- reason of its own: it stops what is open as any other does, and when ServiceTitan takes the mark back,
-- that lifts this reason and no other. Of the numbers that some records are about, p_before were marked
-- before the records were stored, and p_after are now. Numbers of a tenant that was connected before are in
-- neither, and stay as they are.
create or replace function engine.follow_mark(p_team_id uuid, p_reason text, p_before text[], p_after text[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_stops engine.stop[] := array(
    select (
      p_team_id, a.phone, case p_reason when 'do_not_text' then 'text' end, p_reason, 'servicetitan', null
    )::engine.stop
    from unnest(p_after) as a (phone)
    where not exists (
      select from public.suppressions as s
      where s.team_id = p_team_id and s.phone = a.phone and s.reason = p_reason
    )
    order by a.phone
  );
begin
  if v_stops <> '{}' then
    perform engine.record_stops(v_stops, false);
    perform engine.call_off(v_stops);
  end if;
  perform engine.lift_suppressions(
    p_team_id, array(select b.phone from unnest(p_before) as b (phone) where b.phone <> all(p_after)), null, p_reason,
    'servicetitan', null
  );
end
$$;
comment on function engine.follow_mark(uuid, text, text[], text[]) is
'Suppresses numbers that ServiceTitan marks, and lifts that where the mark is gone.';
revoke all on function engine.follow_mark(uuid, text, text[], text[]) from public;
