-- Facts about the world that rules read: rows, not code, so that a changed law or a new area code
-- is a data change.
create schema if not exists reference;
comment on schema reference is 'Area codes, time zones, calling windows, provider outcomes, error codes: facts as rows.';
revoke all on schema reference from public;
