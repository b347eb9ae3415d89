-- What a number and the providers' accounts lack for sending on some channels.
create or replace function engine.sending_blockers(
  p_team_id uuid, p_phone_number_id uuid, p_channels public.contact_channel[]
)
returns table (n integer, code text, message text)
language sql
stable
set search_path = ''
as $$
  select 4, 'number_not_verified_for_' || q.channel || 's', format('The sending number is not verified for %ss.', q.channel)
  from unnest(p_channels) as q (channel)
  inner join public.phone_numbers as f on f.team_id = p_team_id and f.id = p_phone_number_id
  where not (case q.channel when 'call' then f.is_verified_for_calls else f.is_verified_for_texts end)
  union all
  select b.n, b.code, b.message
  from unnest(p_channels) as q (channel)
  cross join lateral engine.account_blockers(p_team_id, engine.provider_for(q.channel), format('%ss need', q.channel)) as b
$$;
comment on function engine.sending_blockers(uuid, uuid, public.contact_channel[]) is
'Why a number can''t send on some channels: code, message and their place in a list.';
revoke all on function engine.sending_blockers(uuid, uuid, public.contact_channel[]) from public;
