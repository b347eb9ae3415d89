-- A result is good for ten minutes, a failure for half a minute.
create or replace function engine.is_preview_over(p_preview engine.audience_previews)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_preview.ended_at < engine.now() - case
    when p_preview.status = 'FAILED' then interval '30 seconds' else interval '10 minutes'
  end
$$;
comment on function engine.is_preview_over(engine.audience_previews) is 'Whether a preview ended so long ago that who asks gets a new one.';
revoke all on function engine.is_preview_over(engine.audience_previews) from public;
