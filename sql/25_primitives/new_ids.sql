-- Many ids at once: a call for each of a million rows would cost more than the rows.
create or replace function engine.new_ids(p_count bigint)
returns table (ordinal bigint, id uuid)
language plpgsql
volatile
parallel safe
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select
    g.ordinal,
    encode(
      set_bit(
        set_bit(
          overlay(
            uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6
          ),
          52, 1
        ),
        53, 1
      ),
      'hex'
    )::uuid
  from generate_series(1, p_count) as g (ordinal);
end
$$;
comment on function engine.new_ids(bigint) is 'As many new UUIDs of version 7, in order, as engine.new_id makes one.';
revoke all on function engine.new_ids(bigint) from public;
