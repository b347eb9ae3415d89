-- Why jobs of enrollments that ended a while ago were not sent when they were due; see engine.job_history.
create table engine.gate_decision_history (
  like engine.gate_decisions,
  constraint gate_decision_history_pk primary key (team_id, job_id, reason_code, run_at, decided_at)
) partition by range (decided_at);
comment on table engine.gate_decision_history is
'What the gate did not let through of enrollments that ended longer ago than the deployment''s grace, by month.';
