-- The copy of ServiceTitan is of one tenant; see forget_servicetitan.sql.
create or replace trigger integrations_forget_another_tenant
after update of account_ref, is_sandbox on public.integrations
for each row
when (
  new.provider = 'servicetitan' and (old.account_ref, old.is_sandbox) is distinct from (new.account_ref, new.is_sandbox)
)
execute function engine.forget_servicetitan();
