-- Why a job was not sent when it was due: each verdict of the gate that was not pass, written by the
-- transaction that carries it out. The key is what makes two verdicts the same answer, so that a job that
-- is put off again for the same reason to the same moment is written down once.
create table engine.gate_decisions (
  team_id uuid not null,
  job_id uuid not null,
  reason_code text not null,
  run_at timestamptz not null,
  decision text not null,
  asked_by text not null,
  due_at timestamptz not null,
  decided_at timestamptz not null default engine.now(),
  constraint gate_decisions_pk primary key (team_id, job_id, reason_code, run_at),
  constraint gate_decisions_job_exists foreign key (team_id, job_id) references engine.jobs (team_id, id),
  constraint gate_decisions_let_nobody_through check (decision in ('defer', 'hold', 'close')),
  constraint gate_decisions_know_who_asked check (asked_by in ('claim', 'begin'))
);
comment on table engine.gate_decisions is 'What the gate did not let through, and why; kept as long as the job.';
comment on column engine.gate_decisions.run_at is 'The moment that a job was put off to; of a hold and a close, the moment of the verdict.';
comment on column engine.gate_decisions.asked_by is 'claim: the job was not handed out. begin: it had been, and was taken back.';
comment on column engine.gate_decisions.due_at is 'When the job had been due until then.';
