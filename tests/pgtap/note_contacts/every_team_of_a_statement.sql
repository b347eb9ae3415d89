-- Whoever is written is noted for the index of the search: of many the first and the last, of few each one,
-- also when one statement writes many of one team and few of another.
begin;
select plan(3);

create temp table made as
select tests.create_team('Many', 'ann@many.example') as many, tests.create_team('Few', 'bob@few.example') as few;
delete from engine.search_backlog;

insert into public.contacts (team_id, phone, timezones)
select m.many, '+1212555' || g.number, '{}'::text[] from made as m cross join generate_series(2001, 2150) as g (number)
union all
select m.few, '+1212555' || g.number, '{}'::text[] from made as m cross join generate_series(3001, 3002) as g (number);

select results_eq(
  'select b.first_id, b.last_id from engine.search_backlog as b inner join made as m on b.team_id = m.many',
  $$
  select min(c.id::text collate "C")::uuid, max(c.id::text collate "C")::uuid
  from public.contacts as c inner join made as m on c.team_id = m.many
  $$,
  'of many the ends'
);
select set_eq(
  'select b.first_id, b.last_id from engine.search_backlog as b inner join made as m on b.team_id = m.few',
  'select c.id as first_id, c.id as last_id from public.contacts as c inner join made as m on c.team_id = m.few',
  'of few each one'
);
select is((select count(*) from engine.search_backlog), 3::bigint, 'and nobody twice');

select * from finish();
rollback;
