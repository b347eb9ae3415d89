-- Many ids at once: a call for each of a million rows would cost more than the rows. Milliseconds and the twelve
-- bits after them are counted on from now, so that they go up; the rest is a hash that starts from chance, because to draw it
-- for each costs as much as to store a column.
create or replace function engine.new_ids(p_count bigint)
returns table (ordinal bigint, id uuid)
language plpgsql
volatile
parallel safe
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_first constant bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint << 12;
  v_seed constant bigint := ('x' || encode(substr(uuid_send(gen_random_uuid()), 9), 'hex'))::bit(64)::bigint;
begin
  return query
  select
    g.ordinal,
    (
      lpad(to_hex((((v_first + g.ordinal) >> 12) << 16) | x'7000'::bigint | ((v_first + g.ordinal) & x'fff'::bigint)), 16, '0')
      || to_hex(x'8000000000000000'::bigint | (hashint8extended(g.ordinal, v_seed) & x'3fffffffffffffff'::bigint))
    )::uuid
  from generate_series(1, p_count) as g (ordinal);
end
$$;
comment on function engine.new_ids(bigint) is 'As many new UUIDs of version 7, in order, as engine.new_id makes one.';
revoke all on function engine.new_ids(bigint) from public;
