-- An assistant for texts carries the message that it writes, under the rules of templates.
begin;
select plan(17);
select tests.furnish_workflows();

create function pg_temp.codes(p_channel text, p_template text)
returns text[]
language sql
as $$
  select tests.codes(tests.refusal(format(
    'select public.upsert_assistant(''Tex'', ''tex'', %L, p_template => %L)', p_channel, p_template
  )) -> 'detail')
$$;

select tests.act_as('otto@acme.example');
select throws_ok($$select public.upsert_assistant('Tex', 'tex', 'text', p_template => 'Hi')$$, 'OB008', null, 'an operator may not');
select tests.act_as('ann@acme.example');
select is(pg_temp.codes('text', null), '{template_required}', 'one for texts needs a template');
select is(pg_temp.codes('text', E' \n'), '{template_required}', 'with words in it');
select is(pg_temp.codes('text', repeat('x', 1601)), '{template_invalid}', 'but not too many');
select is(pg_temp.codes('text', 'Hi {{furnace}} {{no name}}'), '{template_malformed,template_variable_unknown}', 'and known variables');
select is(pg_temp.codes('call', 'Hi'), '{template_unfit}', 'one for calls has none');
select is(
  tests.refusal($$select public.upsert_assistant('', '', 'text', p_template => 'Hi {{furnace}}')$$) #>> '{detail,2,message}',
  'The assistant has a template with the variable "furnace"; known are appointment_date, appointment_time, email, first_name, '
  'full_name, last_name, phone, postal_code, team_name. Use one of these; a text can add its own in template_overrides.',
  'all problems at once, in words'
);
select is(
  (public.upsert_assistant('Tex', 'tex', 'text', p_template => 'Hi {{ first_name | there }}')).template,
  'Hi {{ first_name | there }}', 'it is kept as it is'
);
select is((public.upsert_assistant('Tex', 'tex', 'text', p_template => 'Hello')).template, 'Hello', 'and changed');
select is((public.upsert_assistant('Voice', 'tex')).template, null, 'a voice of the same name at the provider is another one');
select is((select count(*) from public.assistants where provider_assistant_id = 'tex'), 2::bigint, 'so there are two');
select throws_ok('update public.assistants set template = ''x''', '42501', null, 'nobody goes past the function');
select tests.act_as_role('anon');
select throws_ok($$select public.upsert_assistant('Tex', 'tex')$$, '42501', null, 'anon can''t reach it');

select tests.act_as_superuser();
select throws_ok('update public.assistants set template = null where channel = ''text''', '23514', null, 'no SQL stores a text without one');
select throws_ok('update public.assistants set template = ''x'' where channel = ''call''', '23514', null, 'or a call with one');
select throws_ok('update public.assistants set template = repeat(''x'', 1601) where channel = ''text''', '23514', null, 'or one too long');
select throws_ok('update public.assistants set template = '' '' where channel = ''text''', '23514', null, 'or one that says nothing');

select * from finish();
rollback;
