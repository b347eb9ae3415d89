-- Whether a ZIP code begins with one of those asked for.
create or replace function engine.zip_fits(p_zip text, p_beginnings text[])
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select p_beginnings is null or exists (select from unnest(p_beginnings) as b (beginning) where starts_with(p_zip, b.beginning))
$$;
comment on function engine.zip_fits(text, text[]) is 'Whether a ZIP code begins with one of p_beginnings; null asks for nothing.';
revoke all on function engine.zip_fits(text, text[]) from public;
