-- Slots are dealt within the open hours, the size is never exceeded, and what is full stays full.
begin;
select plan(7);
select tests.set_clock('2027-03-01 12:00-05');
create temp table team as select tests.create_team('Acme', 'admin@acme.example') as id;
create temp table campaign as select tests.create_campaign(team.id, 1) as id from team;

create function pg_temp.deal(p_earliest timestamptz, p_count integer)
returns table (rank_from integer, rank_to integer, run_at timestamptz)
language sql
as $$
  select d.*
  from team, campaign, engine.deal_slots(team.id, campaign.id, 'call', 3, '10 minutes',
    '{[2027-03-01 17:00+00,2027-03-01 17:25+00),[2027-03-02 13:05+00,2027-03-02 20:00+00)}', p_earliest, p_count) as d
$$;

create temp table dealt as select * from pg_temp.deal('2027-03-01 17:02+00', 11);
select is((select sum(rank_to - rank_from + 1) from dealt), 11::bigint, 'everyone gets a slot');
select results_eq(
  'select run_at, rank_to - rank_from + 1 from dealt order by run_at',
  $$ values
    ('2027-03-01 17:02+00'::timestamptz, 3), ('2027-03-01 17:10+00', 3), ('2027-03-01 17:20+00', 3),
    ('2027-03-02 13:05+00', 2) $$,
  'three in ten minutes, the rest when it is open again'
);
create temp table later as select * from pg_temp.deal('2027-03-01 17:12+00', 3);
select results_eq(
  'select run_at, rank_to - rank_from + 1 from later order by run_at',
  $$ values ('2027-03-02 13:05+00'::timestamptz, 1), ('2027-03-02 13:10+00', 2) $$,
  'free room is used, full slots are not'
);
select is((select max(used) from engine.pacing), 3, 'no slot holds more than the size');
select is((select count(*) from engine.pacing where slot_at < '2027-03-01 17:00+00'), 0::bigint, 'none before');
select is_empty(
  $$ select from later, dealt where later.run_at = dealt.run_at and dealt.rank_to - dealt.rank_from = 2 $$,
  'nobody joins a full slot'
);

-- Rests of slots come first, whatever their number, and then whole slots.
update engine.pacing set used = 2;
select results_eq(
  $$ select run_at, rank_to - rank_from + 1 from pg_temp.deal('2027-03-01 17:02+00', 7) order by run_at $$,
  $$ values
    ('2027-03-01 17:02+00'::timestamptz, 1), ('2027-03-01 17:10+00', 1), ('2027-03-01 17:20+00', 1),
    ('2027-03-02 13:05+00', 1), ('2027-03-02 13:10+00', 1), ('2027-03-02 13:20+00', 2) $$,
  'what is free of slots in use is dealt before whole slots'
);

select * from finish();
rollback;
