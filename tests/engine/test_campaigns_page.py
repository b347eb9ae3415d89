"""docs/campaigns.md and the database say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "campaigns.md").read_text()
BLOCKERS = ("launch_blockers", "filling_blockers", "sending_blockers", "account_blockers", "assistant_blockers")


def test_the_table_of_statuses_is_the_state_machine(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `([A-Z]+)` \| .+ \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
    known = db.execute(
        """
        select s.status::text,
            coalesce((
                select string_agg(t.to_status, ', ' order by t.to_status) from reference.transitions as t
                where t.entity = 'campaign' and t.from_status = s.status::text
            ), 'nothing'),
            (
                select string_agg(a.action, ', ' order by a.place) from reference.campaign_actions as a
                where s.status = any(a.from_statuses)
            )
        from unnest(enum_range(null::public.campaign_status)) as s (status)
        """
    ).fetchall()
    assert documented == known


def test_every_blocker_is_explained(db: psycopg.Connection[Any]) -> None:
    documented = re.findall(r"^\| `([a-z_]+)` \| [A-Z]", PAGE, re.MULTILINE)
    rows = db.execute("select prosrc from pg_proc where proname = any(%s)", [list(BLOCKERS)]).fetchall()
    assert len(rows) == len(BLOCKERS)
    source = " ".join(row[0] for row in rows)
    raised = set(re.findall(r"'([a-z]+(?:_[a-z]+)+_?)'", source))
    assert sorted(documented) == sorted(raised)


def test_every_rpc_that_acts_is_in_the_table(db: psycopg.Connection[Any]) -> None:
    documented = set(re.findall(r"^\| `(\w+)\(", PAGE, re.MULTILINE))
    acting = db.execute(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosrc ~ 'engine.take_campaign'"
        " and proargnames[1] = 'p_campaign_id'"
    ).fetchall()
    assert len(acting) > 5
    assert {name for (name,) in acting} <= documented


def test_the_errors_are_those_of_the_functions(db: psycopg.Connection[Any]) -> None:
    for name, codes in re.findall(r"^\| `(\w+)\([^)]*\)` \| .+ \| ((?:`OB\d+`(?:, )?)+) \|$", PAGE, re.MULTILINE):
        comment = db.execute(
            "select obj_description(oid, 'pg_proc') from pg_proc"
            " where pronamespace = 'public'::regnamespace and proname = %s",
            [name],
        ).fetchone()
        assert comment is not None
        assert sorted(re.findall(r"OB\d+", codes)) == sorted(set(re.findall(r"OB\d+", comment[0]))), name
