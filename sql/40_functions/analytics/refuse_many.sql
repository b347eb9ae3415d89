-- How many campaigns one call may be about: a page of them, not a team's past.
create or replace function engine.refuse_many(p_campaign_ids uuid[])
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if cardinality(p_campaign_ids) > 1000 then
    perform engine.refuse(
      'OB009', 'Ask for at most 1000 campaigns at once.',
      jsonb_build_object('limit', 1000, 'actual', cardinality(p_campaign_ids)), 'Ask in several calls.'
    );
  end if;
end
$$;
comment on function engine.refuse_many(uuid[]) is 'Raises OB009 for more than 1000 campaigns.';
revoke all on function engine.refuse_many(uuid[]) from public;
