-- What a person wrote in answer to a text of ours; null when nobody did.
create or replace function engine.reply_to(p_team_id uuid, p_job_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select e.payload ->> 'Body'
  from engine.all_attempts as a
  inner join engine.all_events as e on a.team_id = e.team_id and a.id = e.attempt_id and e.type = 'inbound'
  where a.team_id = p_team_id and a.job_id = p_job_id
  order by e.received_at
  limit 1
$$;
comment on function engine.reply_to(uuid, uuid) is 'The words of the text that answered a job.';
revoke all on function engine.reply_to(uuid, uuid) from public;
