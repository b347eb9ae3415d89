-- Words and phrases by which people revoke or give consent in a text.
create table reference.consent_phrases (
  phrase text not null,
  action text not null,
  is_whole_message boolean not null,
  constraint consent_phrases_pk primary key (phrase),
  constraint consent_phrases_are_normalised check (phrase = lower(btrim(phrase))),
  constraint consent_phrases_action_is_known check (action in ('opt_out', 'opt_in'))
);
comment on table reference.consent_phrases is 'What people write to stop or to start again.';
comment on column reference.consent_phrases.is_whole_message is
'True for a word that counts only alone ("end" is also an ordinary word); false for a phrase that counts anywhere.';
