-- Phrases are found as whole words, whatever the case, the punctuation and the language.
begin;
select plan(16);

select ok(engine.reply_matches('Yes', '{yes}'), 'in any case');
select ok(engine.reply_matches('Yes, please!', '{yes please}'), 'over punctuation');
select ok(engine.reply_matches('  well…YES ', '{no,yes}'), 'one of several');
select ok(not engine.reply_matches('nothing', '{no}'), 'not inside a word');
select ok(not engine.reply_matches('yesterday', '{yes}'), 'nor at its beginning');
select ok(engine.reply_matches('I don''t think so', '{don''t}'), 'with an apostrophe');
select ok(engine.reply_matches('call me at 5pm', '{5PM}'), 'with digits');
select ok(engine.reply_matches('¡Sí, claro!', '{sí}'), 'in Spanish');
select ok(not engine.reply_matches('así', '{sí}'), 'whole words there too');
select ok(engine.reply_matches(E'ok\nyes', '{ok yes}'), 'over a line break');
select ok(engine.reply_matches('sure👍🏽', '{👍}'), 'an emoji, whatever its skin');
select ok(engine.reply_matches('sure👍', '{sure}'), 'and what stands beside it');
select ok(not engine.reply_matches('(a|b) .*', '{.*}'), 'nothing is a pattern');
select ok(not engine.reply_matches(null, '{yes}'), 'no text');
select ok(not engine.reply_matches('yes', '{}'), 'no phrases');
select ok(not engine.reply_matches('yes', array[null, '', ' ']), 'empty phrases');

select * from finish();
rollback;
