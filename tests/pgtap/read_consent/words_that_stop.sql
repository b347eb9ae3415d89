begin;
select plan(25);

select is(engine.read_consent(words), 'opt_out', words)
from unnest(array[
  'STOP', 'stop', ' Stop! ', 'STOPALL', 'Quit.', 'END', 'revoke', 'cancel', 'UNSUBSCRIBE me', 'opt out', 'OPTOUT',
  'Please stop calling me', 'do not text this number', 'Don''t call me again', 'take me off your list', 'stop it',
  'pls stop', 'Plz stop texting', 'S.T.O.P'
]) as words;
select is(engine.read_consent(words), 'opt_in', words) from unnest(array['START', 'unstop']) as words;
select is(engine.read_consent(words), null, words)
from unnest(array['Can you stop by at 5?', 'I want to start in the weekend', 'yes', '']) as words;

select * from finish();
rollback;
