-- Numbers whose provider is to be asked for the texts that people sent: webhooks of these are sent once, and what
-- comes while the receiver is away would be lost, a stop as well. Of every number, because people write back to one that
-- only calls, or that texts no more; and where the account is paused: nothing is sent there. The last two minutes are left
-- to the webhooks, which say more than the provider's list.
create or replace function engine.claim_inboxes(p_limit integer, p_lease interval)
returns table (
  team_id uuid, phone_number_id uuid, phone text, secret_name text, account_ref text, since timestamptz, until timestamptz
)
language sql
volatile
security definer -- workers may read no table
set search_path = ''
as $$
  with due as (
    select n.team_id, n.id, n.phone, i.secret_name, i.account_ref
    from public.phone_numbers as n
    inner join public.integrations as i on n.team_id = i.team_id and i.provider = 'twilio' and i.account_ref is not null
    left join engine.inboxes as b on n.team_id = b.team_id and n.id = b.phone_number_id
    where b.check_at is null or b.check_at <= engine.now()
    order by b.check_at nulls first, n.id
    limit p_limit
  ),

  -- Of two workers the second finds that it is not due any more.
  claimed as (
    insert into engine.inboxes as b (team_id, phone_number_id, read_at, check_at)
    select d.team_id, d.id, engine.now() - interval '1 day', engine.now() + p_lease
    from due as d
    order by d.team_id, d.id
    on conflict on constraint inboxes_pk do update set check_at = excluded.check_at where b.check_at <= engine.now()
    returning b.team_id, b.phone_number_id, b.read_at
  )

  select
    c.team_id, c.phone_number_id, d.phone, d.secret_name, d.account_ref,
    -- A list may be behind itself.
    c.read_at - interval '10 minutes', greatest(c.read_at, engine.now() - interval '2 minutes')
  from claimed as c
  inner join due as d on c.team_id = d.team_id and c.phone_number_id = d.id
$$;
comment on function engine.claim_inboxes(integer, interval) is
'Numbers to ask the provider about: texts that people sent to each from since until until.';
revoke all on function engine.claim_inboxes(integer, interval) from public;
grant execute on function engine.claim_inboxes(integer, interval) to outbound_worker;
