"""The splitter of SQL files, on what may hide a semicolon."""

from __future__ import annotations

import pytest

from cli.dev.statements import UnterminatedSql, split


@pytest.mark.parametrize(
    "statement",
    [
        "select ';';",
        "select 'it''s; fine';",
        r"select e'\';';",
        'select 1 as "a;b";',
        "select $$;$$;",
        "select $a$ $$;$$ $a$;",
        "select 1 /* ; /* ; */ ; */ + 1;",
        "select 1 -- ;\n + 1;",
        "create rule r as on insert to t do (select 1; select 2);",
        "create function f() returns int begin atomic select case when true then 1 end; select 2; end;",
    ],
)
def test_a_hidden_semicolon_does_not_cut(statement: str) -> None:
    found = list(split(f"{statement}\nselect 2;"))
    assert [part.text for part in found] == [statement, "select 2;"]


def test_lines_and_comments_are_kept() -> None:
    first, second = split("-- why\n\nselect 1;\n\n-- because\nselect 2")
    assert (first.line, first.lead, first.text) == (3, "-- why", "select 1;")
    assert (second.line, second.lead.strip(), second.text) == (6, "-- because", "select 2")


@pytest.mark.parametrize("sql", ["select 'a;", "select $$a;", "/* a", 'select "a;'])
def test_what_never_ends_is_named_with_its_line(sql: str) -> None:
    with pytest.raises(UnterminatedSql, match="line 2"):
        list(split(f"\n{sql}"))
