-- Filled in by the engine right before a text is sent.
insert into reference.template_variables (name, meaning, example) values
('first_name', 'First name of the contact.', 'Dana'),
('last_name', 'Last name of the contact.', 'Reyes'),
('full_name', 'First and last name, as far as they are known.', 'Dana Reyes'),
('team_name', 'Name of the team that sends.', 'Acme Plumbing'),
('phone', 'Number that the text goes to, in E.164.', '+12025550123'),
('email', 'E-mail address of the contact.', 'dana@example.com'),
('postal_code', 'Postal code of the contact.', '20500'),
('appointment_date', 'Date of the appointment that put the contact on the list, in the contact''s zone.', 'Tuesday, March 3'),
('appointment_time', 'Its time of day, in the contact''s zone.', '9:30 AM')
on conflict (name) do update set meaning = excluded.meaning, example = excluded.example;
