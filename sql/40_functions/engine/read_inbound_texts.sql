-- Waiting inbound texts with the team whose number they were sent to, and the text of ours that they
-- answer: of those to that person that still wait for a reply the latest that came from that number, else the
-- latest. What was written before one of ours was sent, and is told late, does not answer it. A reply to a text
-- whose sending is not settled yet must wait until it is.
create or replace function engine.read_inbound_texts(p_events engine.event_ref[])
returns table (
  provider public.provider, event_key text, team_id uuid, phone text, words text, consent text, job_id uuid,
  must_wait boolean
)
language sql
stable
set search_path = ''
as $$
  select
    e.provider, e.event_key, f.team_id, s.phone, e.payload ->> 'Body',
    f.consent, w.id,
    f.consent is null and w.is_addressed is not true and exists (
      select
      from engine.jobs as j
      inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
      inner join public.phone_numbers as n on c.team_id = n.team_id and c.phone_number_id = n.id
      where j.team_id = f.team_id and j.phone = s.phone and j.channel = 'text' and j.status in ('CLAIMED', 'AMBIGUOUS')
        and (w.id is null or n.phone = e.payload ->> 'To')
        and engine.has_live_attempt(j.team_id, j.id)
    )
  from unnest(p_events) as p
  inner join engine.events as e
    on p.provider = e.provider and p.event_key = e.event_key and e.type = 'inbound' and e.result = 'waiting'
  cross join lateral (
    -- whatsapp:+1…; short codes and names are nobody that we call
    select substring(e.payload ->> 'From' from '(\+[1-9][0-9]{6,14})$') as phone
  ) as s
  left join lateral (
    select i.team_id, c.consent
    from public.integrations as i
    cross join lateral (
      select case
        when e.payload ->> 'OptOutType' = 'STOP' then 'opt_out'
        when e.payload ->> 'OptOutType' = 'START' then 'opt_in'
        else engine.read_consent(e.payload ->> 'Body', i.team_id)
      end as consent
    ) as c
    where i.provider = e.provider and i.account_ref = e.payload ->> 'AccountSid'
      and i.secret_name = coalesce(e.secret_name, i.secret_name)
      -- A stop holds whichever number of the account it was sent to.
      and (c.consent = 'opt_out' or exists (
        select from public.phone_numbers as n where n.team_id = i.team_id and n.phone = e.payload ->> 'To'
      ))
  ) as f on true
  left join lateral (
    select j.id, n.phone = e.payload ->> 'To' as is_addressed
    from engine.jobs as j
    inner join public.campaigns as c on j.team_id = c.team_id and j.campaign_id = c.id
    inner join public.phone_numbers as n on c.team_id = n.team_id and c.phone_number_id = n.id
    where j.team_id = f.team_id and j.phone = s.phone and j.channel = 'text'
      and j.status = 'DISPATCHED' and j.reply_deadline is not null
      and (e.occurred_at is null or exists (
        select from engine.attempts as a
        where a.team_id = j.team_id and a.job_id = j.id and a.status = 'ACCEPTED' and a.begun_at <= e.occurred_at
      ))
    order by is_addressed desc, j.dispatched_at desc, j.id desc
    limit 1
  ) as w on true
$$;
comment on function engine.read_inbound_texts(engine.event_ref[]) is
'Waiting inbound texts: whose number they came to, what they say about consent, which job they answer.';
revoke all on function engine.read_inbound_texts(engine.event_ref[]) from public;
