-- What explain_contact puts together.
create type engine.told as (
  at timestamptz,
  job_no integer,
  place integer,
  kind text,
  message text,
  facts jsonb
);
comment on type engine.told is
'One line of an explanation: when, what kind, a sentence, its facts. job_no and place order what happened at one moment.';
