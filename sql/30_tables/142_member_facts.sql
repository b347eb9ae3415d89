-- What made a staged row of a refresh match, by its row: the part of a member that no file has.
create unlogged table engine.member_facts (
  team_id uuid not null,
  run_id uuid not null,
  row_number bigint not null,
  servicetitan_job_id bigint,
  servicetitan_job_type_id bigint,
  servicetitan_appointment_id bigint,
  appointment_starts_at timestamptz,
  constraint member_facts_pk primary key (team_id, run_id, row_number)
);
comment on table engine.member_facts is 'ServiceTitan facts of the staged rows of running refreshes; a run empties it when it ends.';
