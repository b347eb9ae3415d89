-- Search by any part of a name, a number or an address needs an index of trigrams. A hosted project has
-- the extension at hand, and its owner may create it; it belongs where extensions are.
create extension if not exists pg_trgm with schema extensions;
