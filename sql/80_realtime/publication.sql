-- What Supabase Realtime tells a page that watches: rows that people change and that few things change besides them.
-- docs/frontend.md says which page watches which. Contacts, members and outreach items are left out on purpose: an
-- import writes them by the hundred thousand, and Realtime asks row-level security about every row for every reader.
-- Metrics are asked for instead; engine tables are nobody's to watch.
--
-- A hosted project has the publication, plain Postgres does not. Tables of others in it stay. One of all tables holds
-- ours already, and takes no single one. An update has to carry a key: primary keys are the replica identity.
do $$
declare
  c_watched constant text[] := '{audience_lists,audience_runs,audience_schedules,campaigns,workflows}';
  v_table text;
begin
  if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  if (select p.puballtables from pg_catalog.pg_publication as p where p.pubname = 'supabase_realtime') then
    return;
  end if;
  for v_table in
    select w.name from unnest(c_watched) as w (name)
    where not exists (
      select from pg_catalog.pg_publication_tables as t
      where t.pubname = 'supabase_realtime' and t.schemaname = 'public' and t.tablename = w.name
    )
    order by w.name
  loop
    execute format('alter publication supabase_realtime add table public.%I', v_table);
  end loop;
end
$$;
