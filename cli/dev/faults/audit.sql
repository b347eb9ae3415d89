-- What the judge needs beside the sandbox's log: in which order things were committed. Each row is written
-- by the transaction that it tells of, so that the commit time of its xmin is that transaction's.
create schema faults;

create table faults.steps (
  id bigint generated always as identity primary key,
  kind text not null,
  subject text not null,
  facts jsonb not null,
  noted_at timestamptz not null default clock_timestamp()
);

create function faults.note_attempt()
returns trigger
language plpgsql
security definer -- whoever begins an attempt
set search_path = ''
as $$
begin
  insert into faults.steps (kind, subject, facts)
  select 'attempt', new.id, jsonb_build_object(
    'job', j.id, 'campaign', j.campaign_id, 'enrollment', j.enrollment_id, 'node', j.node_id, 'phone', j.phone,
    'channel', j.channel, 'begun_at', new.begun_at, 'worker', new.worker
  )
  from engine.jobs as j
  where j.team_id = new.team_id and j.id = new.job_id;
  return null;
end
$$;
create trigger note_attempt after insert on engine.attempts
for each row execute function faults.note_attempt();

create function faults.note_suppression()
returns trigger
language plpgsql
security definer -- whoever stops a number
set search_path = ''
as $$
declare
  v_row public.suppressions := case tg_op when 'DELETE' then old else new end;
begin
  insert into faults.steps (kind, subject, facts)
  values (
    case tg_op when 'DELETE' then 'readmitted' else 'suppressed' end, v_row.phone,
    jsonb_build_object('channel', v_row.channel, 'reason', v_row.reason, 'at', engine.now())
  );
  return null;
end
$$;
create trigger note_suppression after insert or delete on public.suppressions
for each row execute function faults.note_suppression();

create function faults.note_campaign()
returns trigger
language plpgsql
security definer -- whoever moves a campaign
set search_path = ''
as $$
begin
  insert into faults.steps (kind, subject, facts)
  values ('campaign', new.id, jsonb_build_object('from', old.status, 'to', new.status, 'at', engine.now()));
  return null;
end
$$;
create trigger note_campaign after update on public.campaigns
for each row when (old.status <> new.status) execute function faults.note_campaign();
