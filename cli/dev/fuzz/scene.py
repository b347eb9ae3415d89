"""Two teams that have everything: rows in every table, and something in each state that an RPC asks for.

The persona matrix and the fuzzer share it. Every text that belongs to the second team carries a canary, and its
numbers and ids are known, so that a leak of any of them is seen in an answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg

START = "2027-03-01 17:00:00+00"
"""A Monday at noon in New York: campaigns may call."""
ROLES = ("viewer", "operator", "admin")
CANARY = "Kanarienvogel"
"""A word that nothing but the second team's rows holds."""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Company:
    """A team: its people by role, and the ids of its rows by what they are."""

    mark: str
    people: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def team_id(self) -> str:
        """The tenant's id."""
        return self.ids["team"]


@dataclass(frozen=True)
class Scene:
    """The team of the caller, another one, and somebody who is in neither."""

    own: Company
    other: Company
    stranger: str

    def secrets(self) -> tuple[str, ...]:
        """What no answer to a member of the first team may hold: the canary, and each id of the other team."""
        return (CANARY, *self.other.ids.values())


def furnish(connection: Connection) -> Scene:
    """Make the scene in an empty database, as a superuser; the clock stands still at `START`."""
    connection.execute("select engine.become_sandbox()")
    connection.execute("select engine.set_clock(%s::timestamptz, 0)", [START])
    own = _company(connection, "Acme", 2000)
    other = _company(connection, f"Rival {CANARY}", 4000)
    return Scene(own, other, _person(connection, "stranger@nowhere.example"))


def missing_id(of: str) -> str:
    """An id that no row has: the same for the same word."""
    return str(uuid5(NAMESPACE_URL, of))


def _company(connection: Connection, mark: str, first: int) -> Company:
    slug = mark.lower().replace(" ", "-")
    company = Company(mark, {role: _person(connection, f"{role}@{slug}.example") for role in ROLES})
    for statement, name, arguments in _steps(company, first):
        connection.execute(_AS_SERVICE.encode())
        row = connection.execute(statement.encode(), arguments).fetchone()
        connection.execute(_AS_SUPERUSER.encode())
        if name:
            assert row is not None, statement
            company.ids[name] = str(row[0])
    for query in (_REFUSE_ONE, _RELEASE):
        connection.execute(query.encode(), {"team_id": company.team_id})
    for name, query in _FOUND.items():
        row = connection.execute(query.encode(), {"team_id": company.team_id}).fetchone()
        assert row is not None, name
        company.ids[name] = str(row[0])
    return company


def _person(connection: Connection, email: str) -> str:
    row = connection.execute(
        "insert into auth.users (id, email, aud, role) values (gen_random_uuid(), %s, 'authenticated', 'authenticated')"
        " returning id",
        [email],
    ).fetchone()
    assert row is not None
    return str(row[0])


_AS_SERVICE = """
    select
        set_config('request.jwt.claims', '{"role": "service_role"}', false),
        set_config('role', 'service_role', false)
"""
_AS_SUPERUSER = "select set_config('request.jwt.claims', '', false), set_config('role', 'none', false)"

Step = tuple[str, str | None, list[Any]]


def _steps(company: Company, first: int) -> Iterator[Step]:
    """Statements by a backend with the service key, what the first column of each is the id of, and arguments."""
    mark, ids = company.mark, company.ids
    yield "select id from public.create_team(%s, p_is_sandbox => true)", "team", [mark]
    for role, user_id in company.people.items():
        yield "select from public.set_team_member(%s, %s, %s)", None, [user_id, role, ids["team"]]
    for provider, account in (("vapi", None), ("twilio", "AC" + UUID(ids["team"]).hex), ("servicetitan", f"9{first}")):
        yield (
            "select id from public.upsert_integration(%s, %s, %s, 10, true, %s)",
            f"integration_{provider}",
            [provider, provider.upper(), account, ids["team"]],
        )
    yield (
        "select id from public.upsert_phone_number(%s, %s, 'vapi-line', true, true, %s)",
        "phone_number",
        [phone(first), f"Line of {mark}", ids["team"]],
    )
    yield "select id from public.upsert_assistant(%s, 'vapi-voice', p_team_id => %s)", "assistant", [mark, ids["team"]]
    yield (
        "select id from public.upsert_assistant(%s, 'texts', 'text', p_team_id => %s, p_template => %s)",
        "text_assistant",
        [f"{mark} texts", ids["team"], "Hi {{first_name|there}}"],
    )
    yield from _lists(company, first)
    yield from _workflows(company)
    yield from _campaigns(company, first)
    yield from _the_rest(company, first)


def _lists(company: Company, first: int) -> Iterator[Step]:
    mark, team = company.mark, company.team_id
    create = "select public.create_audience_list(%s, %s, %s, %s, p_partial => true, p_team_id => %s) ->> 'id'"
    rows = json.dumps(
        [{"phone": phone(first + n), "first name": f"{mark} {n}"} for n in range(1, 5)] + [{"phone": "1"}]
    )
    for name in ("list", "free_list", "archived_list"):
        yield create, name, [f"{mark} {name}", "csv", "{}", rows, team]
    yield "select public.archive_audience_list(%s)", None, [company.ids["archived_list"]]
    for name, source, definition in (
        ("filtered_list", "servicetitan", DEFINITION),
        ("scheduled_list", "servicetitan", DEFINITION),
        ("lead_list", "speed_to_lead", {}),
    ):
        yield create, name, [f"{mark} {name}", source, json.dumps(definition), None, team]
    yield (
        "select public.set_audience_schedule(%s, '0 6 * * *', 'America/New_York')",
        None,
        [company.ids["scheduled_list"]],
    )


def _workflows(company: Company) -> Iterator[Step]:
    mark, team = company.mark, company.team_id
    for name in ("workflow", "draft", "archived_workflow"):
        text = json.dumps(graph(company))
        yield "select public.create_workflow(%s, %s, %s) ->> 'id'", name, [f"{mark} {name}", text, team]
    yield "select public.publish_workflow(%s, %s)", None, [company.ids["workflow"], mark]
    yield "select public.archive_workflow(%s)", None, [company.ids["archived_workflow"]]


def _campaigns(company: Company, first: int) -> Iterator[Step]:
    ids = company.ids
    for name in ("campaign", "created_campaign", "scheduled_campaign", "paused_campaign", "archived_campaign"):
        yield (
            "select id from public.create_campaign(%s, %s, %s, %s, p_team_id => %s)",
            name,
            [f"{company.mark} {name}", ids["list"], ids["workflow"], ids["phone_number"], company.team_id],
        )
    for name, at in (("campaign", None), ("paused_campaign", None), ("scheduled_campaign", "2027-03-02 17:00:00+00")):
        yield "select public.launch_campaign(%s, %s)", None, [ids[name], at]
    yield "select public.pause_campaign(%s)", None, [ids["paused_campaign"]]
    yield "select public.archive_campaign(%s)", None, [ids["archived_campaign"]]
    yield (
        "select public.launch_outreach(%s, 'text', 'text', %s, p_template => %s, p_name => %s) ->> 'outreach_id'",
        "outreach",
        [ids["free_list"], ids["phone_number"], f"From {company.mark}", company.mark],
    )
    yield (
        "select public.opt_out(%s, 'call', 'opted_out', %s, %s)",
        None,
        [phone(first + 4), f"{company.mark} asked", company.team_id],
    )


def _the_rest(company: Company, first: int) -> Iterator[Step]:
    ids, mark = company.ids, company.mark
    yield (
        "select public.ingest_lead(%s, %s, %s) ->> 'lead_id'",
        "lead",
        [ids["lead_list"], json.dumps({"phone": phone(first + 9), "first_name": mark}), mark[:30]],
    )
    yield "select public.create_lead_endpoint(%s, %s) ->> 'endpoint_id'", "endpoint", [ids["lead_list"], mark[:30]]
    yield "select public.set_team_phrases(%s, %s)", None, [json.dumps([f"genug {mark}"]), company.team_id]


def phone(ordinal: int) -> str:
    """A number that is reserved for fiction; 100 in each area code."""
    return f"+1{('212', '718', '646', '917', '347')[ordinal // 1000]}55501{ordinal % 100:02d}"


def graph(company: Company) -> dict[str, Any]:
    """A workflow with every kind of node."""
    nodes: list[dict[str, Any]] = [
        {"id": "start", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {}},
        {
            "id": "call",
            "type": "call",
            "position": {"x": 0, "y": 100},
            "data": {"label": f"Call by {company.mark}", "assistant_id": company.ids["assistant"]},
        },
        {
            "id": "text",
            "type": "text",
            "position": {"x": 0, "y": 200},
            "data": {"label": "Text", "template": f"This is {company.mark}.", "reply_window": "P1D"},
        },
    ]
    edges: list[dict[str, Any]] = [
        {"id": "e1", "source": "start", "target": "call", "data": {"when": "any", "priority": 1}},
        {"id": "e2", "source": "call", "target": "text", "data": {"when": "no_answer", "priority": 1}},
    ]
    return {"nodes": nodes, "edges": edges}


DEFINITION = {"match": {"customer": {"types": ["Residential"]}}}
"""Whom a list out of ServiceTitan asks for."""

# One call of the team's is refused for good; what else was leased is given back.
_REFUSE_ONE = """
    with claimed as materialized (
        select c.team_id, c.job_id from engine.claim_jobs('fuzz', '{call}', 100) as c
    ), begun as materialized (
        select b.attempt_id from engine.begin_attempts('fuzz', array(
            select c.job_id from claimed as c where c.team_id = %(team_id)s order by c.job_id limit 1
        )) as b
    ), answered as materialized (
        select from engine.record_dispatches('fuzz', (
            select jsonb_agg(jsonb_build_object(
                'attempt_id', b.attempt_id, 'verdict', 'refused', 'code', 'bad_number'
            ))
            from begun as b
        ))
    )
    select count(*) from answered
"""
_RELEASE = """
    select engine.release_leases('fuzz', array(select id from engine.jobs where status = 'CLAIMED'))
"""

_FOUND = {
    "job": "select id from engine.jobs where team_id = %(team_id)s and status = 'READY' order by id limit 1",
    "failed_job": "select id from engine.jobs where team_id = %(team_id)s and status = 'FAILED' order by id limit 1",
    "contact": """
        select contact_id from engine.enrollments where team_id = %(team_id)s order by campaign_id, contact_id limit 1
    """,
    "run": "select run_id from public.audience_run_errors where team_id = %(team_id)s order by run_id limit 1",
    "item": "select id from public.outreach_items where team_id = %(team_id)s order by id limit 1",
    "lineage": "select lineage_id from public.workflows where team_id = %(team_id)s order by id limit 1",
    "enrollment": "select id from engine.enrollments where team_id = %(team_id)s order by id limit 1",
    "attempt": "select id from engine.attempts where team_id = %(team_id)s order by id limit 1",
}
