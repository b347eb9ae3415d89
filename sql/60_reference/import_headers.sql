-- Spellings are as engine.header_key writes them: lower case, words apart, no punctuation.
insert into reference.import_headers (field, spelling, is_word, rank)
select w.field, s.spelling, w.is_word, w.rank
from (
  values
  ('phone', true, 1, 'phone|phones|phone1|telephone|telefon|telefone|telefono|teléfono|téléphone|tel|phonenumber|☎|✆|📞|📱|fone|puhelin|هاتف|الهاتف|फ़ोन|फोन|电话|電話|電話番号|전화|телефон'),
  ('phone', true, 2, 'mobile|cell|cellphone|cellular|cel|celular|handy|móvil|movil|portable|gsm|whatsapp|sms|msisdn|手机|携帯|мобильный'),
  ('phone', false, 3, 'contact number|contact no|caller id|caller|primary number|best number|number to call|to number'),
  ('email', true, 1, 'email|emails|e mail|mail|correo|correo electrónico|courriel|email1|البريد|ईमेल|邮箱|почта'),
  ('first_name', false, 1, 'first name|firstname|first|given name|fname|forename|prénom|prenom|vorname|primer nombre'),
  ('last_name', false, 1, 'last name|lastname|last|surname|family name|lname|apellido|apellidos|nom de famille|nachname|cognome|sobrenome'),
  ('full_name', false, 1, 'full name|fullname|name|contact name|customer name|client name|lead name|your name|nombre|nombre completo|nom|nome|naam|الاسم|नाम|姓名|名前|имя'),
  ('full_name', false, 2, 'contact|customer|client|lead|person|homeowner|homeowner name|owner name|patient name|member name|recipient'),
  ('timezone', false, 1, 'timezone|time zone|tz|iana timezone|zona horaria|fuseau horaire|zeitzone'),
  ('postal_code', false, 1, 'zip|zip code|zipcode|zip5|postal code|postalcode|postcode|post code|postal|zip postal code|zip postal|plz|código postal|codigo postal|code postal|service zip|service address zip'),
  ('postal_code', false, 2, 'billing zip|mailing zip|home zip|location zip|address zip|billing zip code|mailing zip code|shipping zip'),
  ('servicetitan_customer_id', false, 1, 'servicetitan customer id|service titan customer id|st customer id|servicetitan id|service titan id'),
  ('servicetitan_customer_id', false, 2, 'customer id|customerid')
) as w (field, is_word, rank, spellings)
cross join lateral regexp_split_to_table(w.spellings, '\|') as s (spelling)
on conflict (field, spelling) do update set is_word = excluded.is_word, rank = excluded.rank;
