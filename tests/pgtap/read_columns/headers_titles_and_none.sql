-- The first row names the columns, or a title is above it, or nothing does.
begin;
select plan(10);

create function pg_temp.columns(p_rows jsonb)
returns text
language sql
as $$ select c.header_row || ': ' || array_to_string(c.columns, '|') from engine.read_columns(p_rows) as c $$;

select is(pg_temp.columns('[["Name","Phone"],["A","2125550101"]]'), '1: Name|Phone', 'a header');
select is(pg_temp.columns('[["A","2125550101"],["B","2125550102"]]'), '0: column 1|column 2', 'data from the first row on');
select is(pg_temp.columns('[["d1bdf186-7dd9-485e-9f93-6e0e3f3e6b8a","a@x.com","John"]]'), '0: column 1|column 2|column 3', 'an id and an address are data');
select is(pg_temp.columns('[["",""],["Name","Phone"],["A","2125550101"]]'), '2: Name|Phone', 'a blank row above');
select is(pg_temp.columns('[["Export of May",""],["Name","Phone"],["A","2125550101"]]'), '2: Name|Phone', 'a title above');
select is(pg_temp.columns('[["a","b"],["1","2"]]'), '1: a|b', 'words alone are a header');
select is(pg_temp.columns('[["Name","Phone",""],["A","2125550101","x"]]'), '1: Name|Phone|column 3', 'a column without a name');
select is(pg_temp.columns('[["Name","Phone","Phone"],["A","1","2"]]'), '1: Name|Phone|Phone (2)', 'a name that comes twice');
select is(pg_temp.columns('[["Name"],["A","2125550101"]]'), '1: Name|column 2', 'rows wider than the header');
select is(pg_temp.columns('[{"Phone":"1"},{"Phone":"2","Zip":"3"}]'), '0: Phone|Zip', 'objects by their keys');

select * from finish();
rollback;
