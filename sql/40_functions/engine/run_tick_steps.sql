-- Does steps of the tick, functions of the engine without arguments, in order. Each is a subtransaction: what one of
-- them raises undoes that one and stops no other. It is warned of, told under its own name, and kept until it goes well.
create or replace function engine.run_tick_steps(p_steps text[])
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_step text;
  v_done jsonb;
  v_summary jsonb := '{}'::jsonb;
  v_failures jsonb := '[]'::jsonb;
begin
  -- A loop over steps: each is a function of its own.
  foreach v_step in array p_steps loop
    begin
      execute format('select to_jsonb(d) from engine.%I() as d', v_step) into v_done;
      v_summary := v_summary || jsonb_build_object(v_step, v_done);
    -- Whatever it is: no step may keep another from being done, and what is unforeseen has no list.
    exception when others then
      raise warning 'outbound: % of the tick failed: % (%)', v_step, sqlerrm, sqlstate;
      v_failures := v_failures || jsonb_build_object('step', v_step, 'subject', '', 'code', sqlstate, 'message', sqlerrm);
    end;
  end loop;
  perform engine.note_tick_failures(p_steps, v_failures);
  return v_summary || case
    when v_failures = '[]' then '{}'::jsonb
    else jsonb_build_object('failed', (select jsonb_agg(f.value -> 'step') from jsonb_array_elements(v_failures) as f))
  end;
end
$$;
comment on function engine.run_tick_steps(text[]) is
'Does steps of the tick, each by itself: {step: what it returned, failed?[step]}.';
revoke all on function engine.run_tick_steps(text[]) from public;
