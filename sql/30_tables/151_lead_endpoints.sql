-- Addresses to which other systems post leads. The token in the address is all that they need to know, so
-- only its hash is kept.
create table engine.lead_endpoints (
  team_id uuid not null,
  id uuid not null default engine.new_id(),
  list_id uuid not null,
  source text not null,
  token_hash bytea not null,
  created_by uuid,
  created_at timestamptz not null default engine.now(),
  revoked_at timestamptz,
  constraint lead_endpoints_pk primary key (team_id, id),
  constraint lead_endpoints_list_exists
  foreign key (team_id, list_id) references public.audience_lists (team_id, id) on delete cascade,
  constraint lead_endpoints_source_is_present check (length(btrim(source)) between 1 and 100),
  constraint lead_endpoints_hash_is_sha_256 check (length(token_hash) = 32)
);
create index lead_endpoints_by_list on engine.lead_endpoints (team_id, list_id);
create index lead_endpoints_by_token on engine.lead_endpoints (token_hash) where revoked_at is null;
comment on table engine.lead_endpoints is 'Addresses to which other systems post leads, with the hash of the token of each.';
