"""docs/consent.md, the database and the command line say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
from typer.main import get_command

from cli.consent import commands

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "consent.md").read_text()

Connection = psycopg.Connection[Any]


def test_the_table_of_reasons_is_the_reference_table(db: Connection) -> None:
    documented = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (.+) \|$", PAGE, re.MULTILINE)
    known = db.execute("select reason, set_by, lifted_by, meaning from reference.suppression_reasons").fetchall()
    assert sorted(documented) == sorted(known)


def test_suppressions_and_the_ledger_know_the_same_reasons(db: Connection) -> None:
    checks = dict(
        db.execute(
            "select conname, pg_get_constraintdef(oid) from pg_constraint"
            " where conname in ('suppressions_reason_is_known', 'consent_events_reason_is_known')"
        ).fetchall()
    )
    known = {row[0] for row in db.execute("select reason from reference.suppression_reasons").fetchall()}
    assert len(checks) == 2
    for definition in checks.values():
        assert set(re.findall(r"'(\w+)'", definition)) == known
    explained = db.execute("select code from reference.reasons where code like 'suppressed%'").fetchall()
    assert {code for (code,) in explained} >= {f"suppressed_{reason}" for reason in known}


def test_the_table_of_legal_hours_is_the_reference_table(db: Connection) -> None:
    documented = {
        state: tuple(cell.strip() for cell in cells)
        for state, *cells in re.findall(
            r"^\| (all others|[A-Z]{2}) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", PAGE, re.MULTILINE
        )
    }
    rows = db.execute(
        """
        select
            channel::text, region, weekday,
            coalesce(to_char(starts_at, 'HH24:MI') || ' to ' || to_char(ends_at, 'HH24:MI'), 'closed'), daily_limit
        from reference.calling_windows
        """
    ).fetchall()
    for channel in ("call", "text"):
        hours = {(region, day): shown for name, region, day, shown, _ in rows if name == channel}
        limits = {region: f"{limit} contacts" for name, region, _, _, limit in rows if name == channel and limit}
        known: dict[str, tuple[str, ...]] = {}
        for region in {region for region, _ in hours}:
            week = [hours.get((region, day), hours["", day]) for day in range(1, 8)]
            assert len(set(week[:5])) == 1, region
            known[region or "all others"] = (week[0], week[5], week[6], limits.get(region, ""))
        assert documented == known


def test_every_command_is_in_the_docs_and_the_other_way_round() -> None:
    shown = set(re.findall(r"^outbound consent ([\w-]+)", PAGE, re.MULTILINE))
    assert shown == set(get_command(commands.app).commands)  # type: ignore[attr-defined]


def test_every_code_in_the_docs_is_said_and_the_other_way_round() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \| [A-Z]\S* [^|]+ \|$", PAGE, re.MULTILINE))
    sources = [path.read_text() for path in (ROOT / "sql" / "40_functions" / "consent").glob("*.sql")]
    said = {code for text in sources for code in re.findall(r"engine\.issue\(\s*'(\w+)'", text)}
    said |= {
        code for text in sources for code in re.findall(r"then '(row_malformed|channel_unknown|note_length)'", text)
    }
    assert documented == said


def test_the_words_in_the_docs_stop_and_start(db: Connection) -> None:
    [section] = re.findall(r"^## Words\n(.+?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    first = section.split("\n\n")[1 if section.startswith("\n\n") else 0]
    stops, starts = first.split("says *stop by*")
    for word in re.findall(r"`([^`]+)`", stops):
        assert db.execute("select engine.read_consent(%s)", [word]).fetchone() == ("opt_out",), word
    for word in re.findall(r"`(start|unstop)`", starts):
        assert db.execute("select engine.read_consent(%s)", [word]).fetchone() == ("opt_in",), word
