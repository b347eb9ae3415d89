-- Variables are filled in once; what is missing gives its fallback; values are never read as templates.
begin;
select plan(16);

select is(engine.render_template('Hi {{first_name}}!', '{"first_name": "Dana"}'), 'Hi Dana!', 'a value');
select is(engine.render_template('Hi {{ first_name }}!', '{"first_name": "Dana"}'), 'Hi Dana!', 'with room around the name');
select is(engine.render_template('Hi {{first_name|there}}!', '{}'), 'Hi there!', 'the fallback when it is missing');
select is(engine.render_template('Hi {{first_name|there}}!', '{"first_name": null}'), 'Hi there!', 'when it is null');
select is(engine.render_template('Hi {{first_name|there}}!', '{"first_name": "  "}'), 'Hi there!', 'when it is blank');
select is(engine.render_template('Hi {{first_name}}!', '{}'), 'Hi !', 'nothing without a fallback');
select is(engine.render_template('{{a|b|c}}', '{}'), 'b|c', 'a fallback may hold a bar');
select is(
  engine.render_template('Hi {{a}}', '{"a": "{{b}}", "b": "secret"}'), 'Hi {{b}}', 'braces in a value stay braces'
);
select is(engine.render_template('{{a}}{{a}} {{b}}', '{"a": 1, "b": true}'), '11 true', 'numbers and truths');
select is(engine.render_template('a {{b c}} {{', '{}'), 'a {{b c}} {{', 'what is no variable stays');
select is(engine.render_template('plain', '{}'), 'plain', 'without variables');
select is(engine.render_template('', '{}'), '', 'an empty one');
select is(engine.render_template(null, '{}'), null, 'none');
select is(engine.render_template('x{{a}}y', null), 'xy', 'without values');
select is(engine.template_variables('{{b}} {{ a | x }} {{b}} {{c d}}'), '{b,a}', 'the variables, each once, in their order');

-- Sending reads templates by a quicker way than validation; both read the same.
select is(
  (select count(*)
    from unnest('{"","{{","}}","a","|"," ","{{a}}","{"}'::text[]) as p (part),
      unnest('{"","{{","}}","a","|"," ","b}}","}"}'::text[]) as q (part),
      unnest('{"","{{","}}","a|","|"," ","{{b|c}}"}'::text[]) as r (part)
    where engine.render_template(p.part || q.part || r.part, '{"a": "1"}') is distinct from (
      select coalesce(string_agg(coalesce(v.value, '') || t.tail, '' order by t.part_no), '')
      from engine.template_parts(p.part || q.part || r.part) as t
      left join lateral (select case t.variable when 'a' then '1' else t.fallback end as value where t.variable is not null) as v on true
    )),
  0::bigint, 'both readers agree'
);

select * from finish();
rollback;
