-- A search by the index finds what looking at each member finds, whatever of it is indexed already, and
-- every match comes once, whatever the size of the page.
begin;
select plan(18);
select tests.create_team('Acme', 'ann@acme.example');
create temp table list as
with list as (
  insert into public.audience_lists (team_id, name, source) select id, 'People', 'csv' from public.teams returning id, team_id
),

people as (
  insert into public.contacts (team_id, phone, first_name, last_name, email, timezones)
  select
    l.team_id, '+1' || (2120000000 + n * 7)::text,
    (array['Ann', 'Bob', 'Zoë', 'O''Neil', '(Bo)', '%x', null])[1 + n % 7], (array['Lee', 'Stone_x', 'van Dyk', null])[1 + n % 4],
    case when n % 3 > 0 then 'p' || n || '@mail' || n % 7 || '.example' end, '{America/New_York}'
  from list as l cross join generate_series(1, 2050) as n
  returning id, team_id
),

members as (
  insert into public.audience_members (team_id, list_id, contact_id)
  select p.team_id, l.id, p.id from people as p cross join list as l
)

select id from list;
grant select on list to public;
create temp table terms as
select unnest(array[
  'ann', 'lee', 'ANN LEE', 'zoë', 'o''n', 'p12', 'p1234@', 'mail3.ex', '(212) 000-7', '+1212000', '77', 'st', 'stone_', 'x%', 'z',
  'van d', 'nobody', 'lee p1', '-', '@', '@ma', '''n', '(b', '%'
]) as term;
grant select on terms to public;
-- Whatever is written anywhere, cut out at random, as it is and with a letter changed, so that it is found nowhere.
insert into terms
select case when n % 4 = 0 then overlay(d.cut placing 'q' from 1 + length(d.cut) / 2 for 1) else d.cut end
from (
  select n, btrim(substr(w.words, 1 + floor(random() * length(w.words))::integer, 1 + floor(random() * 14)::integer)) as cut
  from generate_series(1, 12) as n
  cross join lateral (
    select (array[lower(concat_ws(' ', c.first_name, c.last_name)), c.email, c.phone])[1 + n % 3] as words
    from public.contacts as c
    order by md5(c.id::text || n)
    limit 1
  ) as w
) as d
where d.cut <> '';

-- Every page of a search, one after the other.
create function pg_temp.everyone(p_term text, p_limit integer)
returns uuid[]
language sql
as $$
  with recursive walk as (
    select public.get_audience_members((select id from list), p_term, p_limit) as r
    union all
    select public.get_audience_members((select id from list), p_term, p_limit, r ->> 'next_cursor')
    from walk where r ->> 'next_cursor' is not null
  )
  select coalesce(array_agg((i ->> 'contact_id')::uuid order by i ->> 'contact_id'), '{}')
  from walk cross join lateral jsonb_array_elements(r -> 'items') as i
$$;
-- The same by looking at each: letters are found anywhere, fewer than three in a row where a word begins.
create function pg_temp.expected(p_term text)
returns uuid[]
language sql
as $$
  select coalesce(array_agg(c.id order by c.id::text), '{}')
  from public.contacts as c
  where exists (
    select
    from (values (concat_ws(' ', c.first_name, c.last_name)), (c.email), (ltrim(c.phone, '+'))) as w (words)
    where case
      when p_term !~ '[[:alpha:]@]' and p_term !~ '[0-9]' then false
      when p_term !~ '[[:alpha:]@]' then
        case
          when length(regexp_replace(p_term, '[^0-9]', '', 'g')) < 3
            then starts_with(w.words, regexp_replace(p_term, '[^0-9]', '', 'g'))
          else strpos(w.words, regexp_replace(p_term, '[^0-9]', '', 'g')) > 0
        end
      when p_term ~ '[[:alnum:]]{3}' then strpos(lower(w.words), lower(p_term)) > 0
      else strpos(lower(' ' || w.words), ' ' || lower(p_term)) > 0
    end
  )
$$;
-- What is expected is worked out anew only when people change.
create temp table answers as select distinct t.term, pg_temp.expected(t.term) as people from terms as t;
grant select on answers to public;
create function pg_temp.wrong()
returns text
language sql
as $$ select string_agg(a.term, ', ') from answers as a where pg_temp.everyone(a.term, 700) <> a.people $$;

select is((select count(*) from engine.search_backlog), 1::bigint, 'many contacts are noted as one range');
select tests.act_as('ann@acme.example');
select is(pg_temp.wrong(), null, 'nothing is indexed yet');
select tests.act_as_superuser();
select is(engine.index_contacts(1000), 1000, 'some are indexed');
select tests.act_as('ann@acme.example');
select is(pg_temp.wrong(), null, 'some are');
select tests.act_as_role('outbound_worker');
select is(engine.index_contacts(5000), 1050, 'a worker indexes the rest');
select is(engine.index_contacts(5000), 0, 'once');
select tests.act_as_superuser();
select is((select count(*) from engine.search_backlog), 0::bigint, 'nothing is left to do');
select is((select count(*) from engine.search_entries), 2050::bigint, 'everybody is in the index');
select tests.act_as('ann@acme.example');
select is(pg_temp.wrong(), null, 'everything is');

-- Which letters the index is asked for is up to a sample, which of so few people may be empty; now it is everybody.
select tests.act_as_superuser();
update engine.search_entries set places = places || engine.search_place(team_id, 3, 0);
select is(
  engine.search_parts((select id from public.teams), '%p1234@mail4%') && array['%mai%', '%ail%', '%il4%'], false,
  'the index is not asked for what most people have'
);
select tests.act_as('ann@acme.example');
select is(pg_temp.wrong(), null, 'whatever the index is asked for');
select is(pg_temp.everyone('lee', 30), (select a.people from answers as a where a.term = 'lee'), 'page by page');
select is((select cardinality(a.people) from answers as a where a.term = 'lee') > 400, true, 'which are many');
select is((select cardinality(a.people) from answers as a where a.term = 'mail3.ex') > 150, true, 'other terms find people too');

-- What changes is found by what it is now.
select tests.act_as_superuser();
update public.contacts set first_name = 'Quill' where phone = '+12120000007';
update answers set people = pg_temp.expected(term);
select tests.act_as('ann@acme.example');
select is(pg_temp.everyone('quill', 5), pg_temp.expected('quill'), 'a new name at once');
select is(pg_temp.wrong(), null, 'and not by the old one');
select tests.act_as_superuser();
select is((engine.tick() ->> 'contacts_indexed')::integer, 1, 'the tick indexes it');
delete from public.audience_members where contact_id in (select id from public.contacts where first_name = 'Quill');
select tests.act_as('ann@acme.example');
select is(pg_temp.everyone('quill', 5), '{}', 'who leaves the list is not found in it');
select * from finish();
rollback;
