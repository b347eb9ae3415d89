"""docs/guardrails.md tells every reason of the gate, in the registry's words and the gate's order, and every status."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.pages import coded, rows_under

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guardrails.md"
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", flags=re.MULTILINE)

# Of a code that is said twice, a person is told once.
SAID_AGAIN = {"never_open", "frequency_cap"}


def section(heading: str) -> str:
    """The text under a heading, up to the next one of its kind."""
    return re.split(r"^## ", PAGE.read_text().partition(f"## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def codes_of(connection: psycopg.Connection[Any], function: str, pattern: str) -> list[str]:
    """What a function of the engine says, in the order in which it is written."""
    [source] = connection.execute(
        "select prosrc from pg_proc where pronamespace = 'engine'::regnamespace and proname = %s", [function]
    ).fetchone() or [""]
    return list(dict.fromkeys(re.findall(pattern, source)))


def test_the_reasons_are_in_the_words_of_the_registry(db: psycopg.Connection[Any]) -> None:
    told = ROW.findall(PAGE.read_text())
    known = {row[0]: row for row in db.execute("select code, message, cure from reference.reasons").fetchall()}
    assert [row for row in told if row[0] in known and row != known[row[0]]] == []
    assert len({row[0] for row in told} & set(known)) > 25


def test_the_gate_says_just_these_reasons_in_this_order(db: psycopg.Connection[Any]) -> None:
    told = [code for code, _, _ in ROW.findall(section("The gate"))]
    alone = codes_of(db, "judge_jobs", r"array\['(?:close|hold|defer)', '(\w+)'")
    reasons = [
        row[0] for row in db.execute("select code from reference.reasons where code ~ '^suppressed_'").fetchall()
    ]
    suppressed = [code for code in told if code in reasons]
    assert sorted(suppressed) == sorted(reasons)
    at = alone.index("suppressed_")
    alone[at : at + 1] = suppressed
    alone.remove("undecided")
    limits = codes_of(db, "contact_limits", r"'([a-z]+_[a-z_]+)'")
    limits += codes_of(db, "frequency_limits", r"'(frequency_\w+)'")
    limits += codes_of(db, "judge_jobs", r"'(one_at_a_time)'")
    shared = codes_of(db, "number_room", r"'(number_\w+)'") + codes_of(db, "check_eligibility", r"'(account_paced)'")
    expected = alone + [code for code in limits if code not in SAID_AGAIN] + shared
    assert told == list(dict.fromkeys(expected))


def test_members_are_left_out_in_this_order(db: psycopg.Connection[Any]) -> None:
    told = [code for code, _, _ in ROW.findall(section("Before the launch"))]
    first, last = codes_of(db, "judge_members", r"'(not_targeted|same_customer)'")
    assert told == [first, *codes_of(db, "find_exclusions", r"'(excluded_\w+)'"), last]


def test_the_warnings_are_those_of_the_preflight(db: psycopg.Connection[Any]) -> None:
    warnings = codes_of(db, "preflight_warnings", r"(?:select \d|, \d), '(\w+)'|select \d as place, '(\w+)'")
    codes = {code.removesuffix("_") for pair in warnings for code in pair if code}
    told = {code.removesuffix("_…") for code in re.findall(r"`([\w…]+)`", PAGE.read_text())}
    assert codes <= told
    assert len(codes) == 7


# The enum that each table of statuses is about, and whose steps it lists: those of reference.transitions, or none.
STATUSES = {
    "### Audience lists": ("public.audience_status", "audience_list"),
    "### Runs of a list": ("public.run_status", "audience_run"),
    "### Workflows": ("public.workflow_status", "workflow"),
    "### Campaigns": ("public.campaign_status", "campaign"),
    "### Enrollments": ("public.enrollment_status", "enrollment"),
    "### Jobs": ("public.job_status", "job"),
    "### Attempts": ("public.attempt_status", None),
    "### Customers of an outreach": ("public.outreach_item_status", "outreach_item"),
    "### Leads": ("public.lead_status", None),
    "### Accounts": ("public.integration_status", None),
    "### Tasks": ("engine.task_status", None),
}


@pytest.mark.parametrize("heading", STATUSES)
def test_every_status_is_told_with_its_steps(db: psycopg.Connection[Any], heading: str) -> None:
    enum, entity = STATUSES[heading]
    known = db.execute(
        """
        select e.enumlabel::text, coalesce((
            select string_agg(t.to_status, ', ' order by t.to_status) from reference.transitions as t
            where t.entity = %s and t.from_status = e.enumlabel
        ), 'nothing')
        from pg_enum as e where e.enumtypid = %s::regtype order by e.enumsortorder
        """,
        [entity, enum],
    ).fetchall()
    told = rows_under("guardrails.md", heading)
    assert [status for row in told for status in coded(row[0])] == [status for status, _ in known]
    assert [len(row) for row in told] == [4 if entity else 3] * len(told)
    assert entity is None or [row[3] for row in told] == [steps for _, steps in known]


def test_there_is_no_status_and_no_machine_that_is_not_told(db: psycopg.Connection[Any]) -> None:
    ours = db.execute(
        "select n.nspname || '.' || t.typname from pg_type as t inner join pg_namespace as n on n.oid = t.typnamespace"
        " where n.nspname in ('public', 'engine') and t.typtype = 'e' and t.typname ~ '_status$'"
    ).fetchall()
    assert {name for (name,) in ours} == {enum for enum, _ in STATUSES.values()}
    machines = db.execute("select distinct entity from reference.transitions").fetchall()
    assert {name for (name,) in machines} == {entity for _, entity in STATUSES.values() if entity}


def test_a_campaign_is_archived_when_the_page_says_so(db: psycopg.Connection[Any]) -> None:
    [when] = [row[1] for row in rows_under("guardrails.md", "## Archiving") if row[0] == "a campaign"]
    [told] = db.execute(
        "select from_statuses::text[] from reference.campaign_actions where action = 'archive'"
    ).fetchone() or [[]]
    assert re.findall(r"[A-Z]{4,}", when) == told
    [blocking] = codes_of(db, "refuse_while_used", r"c\.status in \('(\w+', '\w+', '\w+)'\)")
    in_the_way = re.findall(r"[A-Z]{4,}", blocking)
    for row in rows_under("guardrails.md", "## Archiving")[:2]:
        [used_by] = re.findall(r"[Nn]o ([A-Z, or]+) campaign", row[1])
        assert re.findall(r"[A-Z]{4,}", used_by) == in_the_way


def test_the_jobs_of_cron_are_those_that_are_scheduled() -> None:
    cells = [row[0] for row in rows_under("guardrails.md", "## What cron needs")]
    told = [name for cell in cells for name in coded(cell) if name.startswith("outbound-")]
    source = " ".join(path.read_text() for path in (ROOT / "sql" / "70_cron").glob("*.sql"))
    assert sorted(told) == sorted(re.findall(r"cron\.schedule\('([\w-]+)'", source))


def test_what_a_schedule_is_refused_for_is_raised(db: psycopg.Connection[Any]) -> None:
    table = section("What cron needs").split("| what | otherwise |")[1]
    codes = [code for code in coded(table) if "_" in code and code not in {"custom_report", "last_skipped_at"}]
    sources = " ".join(
        source
        for (source,) in db.execute(
            "select prosrc from pg_proc where proname in ('set_audience_schedule', 'queue_refresh')"
        ).fetchall()
    )
    assert codes
    assert [code for code in codes if f"'{code}'" not in sources] == []
