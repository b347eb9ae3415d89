-- Time-ordered UUIDs (version 7): they do not tell one team how many rows another has, as a shared
-- sequence would, and new rows land at the right edge of every index, as random UUIDs would not.
-- Postgres has uuidv7() from 18 on; this must run on 15. The machine's clock is right here: the
-- order of ids is about storage, not about campaign time.
create or replace function engine.new_id()
returns uuid
language plpgsql
volatile
parallel safe
set search_path = ''
as $$
begin
  return encode(
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
  )::uuid;
end
$$;
comment on function engine.new_id() is 'A new UUID of version 7, ordered by creation time.';
revoke all on function engine.new_id() from public;
