-- The number of a team, or of a part of it: the part of depth 1 is a sixteenth, that of depth 2 a 256th.
-- Depths 3 and 4 have one part: a sample of one in 4,096, and whoever has a word that begins with a sign. Two
-- teams with one number would cost a search time, never a wrong answer: lists have members of their team.
create or replace function engine.search_place(p_team_id uuid, p_depth integer, p_part integer)
returns bigint
language sql
immutable
parallel safe
set search_path = ''
as $$ select hashtextextended(p_team_id::text, p_depth * 256 + p_part) $$;
comment on function engine.search_place(uuid, integer, integer) is 'What engine.search_entries.places holds for a team or a part of it.';
revoke all on function engine.search_place(uuid, integer, integer) from public;
