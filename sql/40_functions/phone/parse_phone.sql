-- One cell; sets go to engine.parse_phones, which is the same rule.
create or replace function engine.parse_phone(p_raw text, p_country text, p_allow_fictitious boolean)
returns table (phone text, phone_extension text, is_fictitious boolean, problem text, others text[])
language sql
stable
parallel safe
set search_path = ''
as $$
  select p.phone, p.phone_extension, p.is_fictitious, p.problem, p.others
  from engine.parse_phones(array[p_raw], p_country, p_allow_fictitious) as p
$$;
comment on function engine.parse_phone(text, text, boolean) is
'Parses one cell with a country as default region: (E.164 or null, extension, whether reserved for fiction, problem code or null, other numbers as written).';
revoke all on function engine.parse_phone(text, text, boolean) from public;
