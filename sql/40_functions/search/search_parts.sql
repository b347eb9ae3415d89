-- Three patterns for the index that together mean about what a pattern means. For each three letters that the
-- index is asked for it reads along all contacts that have them; where most of a team have an address of one
-- provider, or numbers of one area, that is most of the work, and tells nobody apart. So a sample of the team
-- says which letters tell most people apart, and the index is asked for those alone.
create or replace function engine.search_parts(p_team_id uuid, p_pattern text)
returns text[]
language plpgsql
stable
set search_path = ''
set jit = off
set enable_seqscan = off
as $$
declare
  c_parts constant integer := 3;
  c_sample constant integer := 500; -- one in 4,096 of two million
  v_place bigint := engine.search_place(p_team_id, 3, 0);
  v_grams text[] := array(
    select distinct substr(r.run[1], n.n, 3) as gram
    from regexp_matches(p_pattern, '[[:alnum:]]{3,}', 'g') as r (run)
    cross join lateral generate_series(1, length(r.run[1]) - 2) as n (n)
    order by gram
  );
  v_sample text[];
  v_left text[]; -- of the sample, who has all the letters chosen so far
  v_next record;
  v_fewest bigint;
  v_parts text[] := array[]::text[];
begin
  if cardinality(v_grams) <= c_parts then
    return array[p_pattern, p_pattern, p_pattern];
  end if;
  v_sample := array(select e.terms from engine.search_entries as e where e.places @> array[v_place] limit c_sample);
  v_left := v_sample;
  -- one after the other, because letters of one word come together and rule out the same people
  while cardinality(v_parts) < c_parts loop
    select
      g.gram,
      (select count(*) from unnest(v_left) as s (terms) where strpos(s.terms, g.gram) > 0) as hits,
      (select count(*) from unnest(v_sample) as s (terms) where strpos(s.terms, g.gram) > 0) as hits_of_all
    into v_next
    from unnest(v_grams) as g (gram)
    where '%' || g.gram || '%' <> all (v_parts)
    order by hits, hits_of_all, g.gram
    limit 1;
    v_fewest := coalesce(v_fewest, v_next.hits_of_all);
    exit when cardinality(v_parts) > 0 and v_next.hits * 2 > cardinality(v_left)
      or v_next.hits_of_all > 2 + 4 * v_fewest and cardinality(v_left) = 0;
    v_parts := v_parts || ('%' || v_next.gram || '%');
    v_left := array(select s.terms from unnest(v_left) as s (terms) where strpos(s.terms, v_next.gram) > 0);
  end loop;
  return array[v_parts[1], coalesce(v_parts[2], v_parts[1]), coalesce(v_parts[3], v_parts[1])];
end
$$;
comment on function engine.search_parts(uuid, text) is
'Three patterns, some of them equal, that whatever matches a pattern of engine.search_pattern matches too.';
revoke all on function engine.search_parts(uuid, text) from public;
