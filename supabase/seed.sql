-- Deliberately empty of rows. What every database needs (area codes, calling windows, opt-out phrases, error codes) is
-- part of the migrations, and people and teams of a development database are made by commands that a hosted project
-- has as well: `outbound stack user add`, the RPCs, `outbound audiences import`.
select 1 where false;
