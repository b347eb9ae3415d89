-- What can be found of a contact: name, address and number in lines of their own, so that no term goes
-- across, each after a space, so that beginnings can be told; and which 256th of a team it is in, a random
-- byte of its id, so that all are of one size. A view, because a function with a fixed search_path is called
-- row by row, and this is asked of a thousand contacts for one page.
create view engine.search_contacts with (security_invoker = true) as
select
  c.team_id,
  c.id as contact_id,
  get_byte(uuid_send(c.id), 15) as slice,
  lower(
    ' ' || coalesce(c.first_name || ' ', '') || coalesce(c.last_name, '') || E'\n ' || coalesce(c.email, '')
    || E'\n ' || ltrim(c.phone, '+')
  ) as terms
from public.contacts as c;
comment on view engine.search_contacts is 'Contacts as searches see them: name, e-mail address and digits in lower case.';
comment on column engine.search_contacts.slice is 'A number from 0 to 255, as engine.search_slice tells it of one id.';
