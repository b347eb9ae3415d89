-- How urgent a lead's jobs are among all that is due: lowest goes first, campaigns have 1 to 1000.
create or replace function engine.urgency_priority(p_urgency public.lead_urgency)
returns smallint
language plpgsql
immutable
parallel safe
set search_path = ''
as $$ begin return case p_urgency when 'emergency' then 0 when 'high' then 1 else 1000 end::smallint; end $$;
comment on function engine.urgency_priority(public.lead_urgency) is 'The highest number that the priority of a lead''s jobs may have.';
revoke all on function engine.urgency_priority(public.lead_urgency) from public;
