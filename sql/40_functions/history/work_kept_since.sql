-- What people were enrolled for outlives their history, which goes by whole months: as long as a journey can be opened
-- again it is known what cancels it. A month more, because a job that is matched all the time says so once a month.
create or replace function engine.work_kept_since()
returns timestamptz
language sql
stable
set search_path = ''
as $$
  select engine.now() - d.history_retention - interval '2 months' from engine.deployment as d
$$;
comment on function engine.work_kept_since() is
'What ended or was last matched before this moment nobody can need any more of what people were enrolled for.';
revoke all on function engine.work_kept_since() from public;
