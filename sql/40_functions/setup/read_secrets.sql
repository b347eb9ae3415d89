-- The secrets that Supabase Vault keeps for this product, which carry the name of the environment variable
-- that they stand for. Whatever else the Vault holds is nobody's business here; where there is no Vault there is
-- nothing, and workers have their secrets from the environment.
create or replace function engine.read_secrets()
returns table (name text, value text)
language plpgsql
stable
security definer -- the Vault lets the owner of the project in, and no worker
set search_path = ''
as $$
declare
  v_vault regclass := to_regclass('vault.decrypted_secrets');
begin
  if v_vault is not null then
    -- Dynamic, because the view is not there on every server.
    for name, value in
      execute format('select s.name, s.decrypted_secret from %s as s where starts_with(s.name, ''OUTBOUND_SECRET_'')', v_vault)
    loop
      return next;
    end loop;
  end if;
end
$$;
comment on function engine.read_secrets() is 'Secrets OUTBOUND_SECRET_… of Supabase Vault, decrypted; for workers only.';
revoke all on function engine.read_secrets() from public;
grant execute on function engine.read_secrets() to outbound_worker;
