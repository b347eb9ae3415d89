-- How many points one series may have: more than a screen shows.
create or replace function engine.refuse_points(p_points bigint)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if p_points > 2000 then
    perform engine.refuse(
      'OB009', format('A series has at most 2000 points; these would be %s.', p_points),
      jsonb_build_object('limit', 2000, 'actual', p_points), 'Ask for a shorter range or a larger bucket.'
    );
  end if;
end
$$;
comment on function engine.refuse_points(bigint) is 'Raises OB009 for more than 2000 points.';
revoke all on function engine.refuse_points(bigint) from public;
