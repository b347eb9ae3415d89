"""A short run of `outbound dev fuzz` over every RPC, and the proof that its judge would notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from cli.dev.fuzz.arguments import OF, valid
from cli.dev.fuzz.calls import Call
from cli.dev.fuzz.judge import CONVERSIONS, READ_ONLY, Verdict
from cli.dev.fuzz.run import Fuzzer, fuzzer
from cli.dev.project import ROOT
from tests.support.databases import Database, Targets

EXAMPLES = 5
"""Calls of each RPC: enough to see that all of it works. `outbound dev fuzz` makes as many as one has time for."""


Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def copied(targets: Targets) -> Iterator[Database]:
    with targets.copy() as copy:
        yield copy


@pytest.fixture
def database(copied: Database) -> Iterator[Connection]:
    with copied.connect(autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def ready(copied: Database) -> Iterator[Fuzzer]:
    with fuzzer(copied.server, copied.name) as ready:
        yield ready


def test_every_rpc_answers_with_a_result_or_a_refusal(ready: Fuzzer) -> None:
    tallies = [ready.probe(name, EXAMPLES, 0) for name in sorted(ready.rpcs)]
    assert [(one.call.written(), one.judgement) for tally in tallies for one in tally.findings] == []
    assert all(tally.calls for tally in tallies)


def test_right_arguments_are_answered(ready: Fuzzer) -> None:
    """What is spoilt for the other calls is right, or they would not get far."""
    assert set(OF) <= set(ready.rpcs)
    for name, rpc in ready.rpcs.items():
        persona = "admin" if "authenticated" in rpc.callers else "service_role"
        answer, judgement = ready.play(Call(name, persona, valid(rpc)))
        assert judgement.verdict is Verdict.ANSWERED, (name, answer)


def test_what_only_reads_can_be_asked_by_get_and_nothing_else(ready: Fuzzer) -> None:
    """All that is no JSON document can stand in an address; what writes is run by nobody who may only read."""
    allowed, refused = set(), set()
    for name, rpc in ready.rpcs.items():
        if rpc.callers != {"service_role"} and "jsonb" not in rpc.arguments.values():
            call = Call(name, "admin", valid(rpc)).by_get(rpc)
            assert call is not None
            answer, judgement = ready.play(call)
            if rpc.is_volatile:
                assert (answer.status, judgement.code, judgement.verdict) == (405, READ_ONLY, Verdict.REFUSED), name
                refused.add(name)
            else:
                assert judgement.verdict is Verdict.ANSWERED, (name, answer)
                allowed.add(name)
    assert {"get_campaign", "get_instant_metrics", "list_campaigns", "describe_cron"} <= allowed
    assert {"pause_campaign", "opt_out", "launch_campaign", "archive_workflow"} <= refused


def test_a_name_that_an_address_cuts_short_is_not_asked_by_get(ready: Fuzzer) -> None:
    """PostgREST reads `p_limit; --` as p_limit, so that it would be given twice."""
    rpc = ready.rpcs["get_consent_history"]
    given = valid(rpc)
    assert Call(rpc.name, "admin", given | {"p_other; --": ""}).by_get(rpc)
    assert Call(rpc.name, "admin", given | {"p_limit; --": ""}).by_get(rpc) is None


def test_a_call_by_get_is_written_down_and_made_again(ready: Fuzzer) -> None:
    given = {"p_campaign_ids": ["{own.campaign}", None, 'a"\\'], "p_unknown": {"a": 1}, "p_nobody": None}
    call = Call("get_instant_metrics", "admin", given).by_get(ready.rpcs["get_instant_metrics"])
    assert call is not None
    assert call.arguments == {"p_campaign_ids": r'{"{own.campaign}",null,"a\"\\"}', "p_unknown": '{"a": 1}'}
    assert Call.read(call.written()) == call


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"p_campaign_id": "no uuid"}, "22P02"),
        ({"p_campaign_id": {"a": 1}}, "22P02"),
        ({"p_campaign_id": "\x00"}, "22P05"),
        ({"p_campaign_id": "{deep.20000}"}, "54001"),
        ({"p_campaign_ids": "{deep.7}"}, "54000"),
        ({"p_campaign_id": "\ud800"}, "PGRST102"),
        ({"p_unknown": 1}, "PGRST202"),
        ([], "PGRST202"),
    ],
)
def test_what_never_reaches_a_function_is_answered_by_the_data_api(ready: Fuzzer, arguments: Any, code: str) -> None:
    function = "get_instant_metrics" if "p_campaign_ids" in arguments else "get_campaign"
    answer, judgement = ready.play(Call(function, "admin", arguments))
    assert (judgement.code, judgement.verdict is Verdict.WRONG) == (code, False), answer


def test_the_page_lists_what_the_data_api_answers_itself() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [\d, ]+ \| ([^|]+?) \|", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE)
    own = {code: meaning for code, meaning in rows if not code.startswith("PGRST") and code != "42501"}
    assert own == CONVERSIONS


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("select to_jsonb('no uuid'::text::uuid)", "22P02"),
        ("select to_jsonb(1 / 0)", "22012"),
        ("select to_jsonb((select set_config('role', 'postgres', true)))", "42501"),
        ("select to_jsonb(name) from public.teams where id <> all(engine.caller_team_ids()) limit 1", "leak"),
        ("select to_jsonb(engine.set_clock(engine.now(), 0)::text)", "25006"),  # said to read, and writes
        ("select engine.refuse('OB001', 'A sentence.', '{}')::text::jsonb", "OB001"),
        ("select engine.refuse('OB004', 'A sentence.', '[]')::text::jsonb", "OB004"),
        ("select engine.refuse('OB000', 'A sentence.', '{}')::text::jsonb", "OB000"),
    ],
)
def test_the_judge_sees_what_is_planted(ready: Fuzzer, database: Connection, body: str, code: str) -> None:
    """An RPC is made to fail, in turn, in each way that the fuzzer is there to find."""
    (sound,) = database.execute("select pg_get_functiondef('public.get_campaign(uuid)'::regprocedure)").fetchone() or (
        "",
    )
    try:
        database.execute(
            f"create or replace function public.get_campaign(p_campaign_id uuid) returns jsonb language sql"
            f" security definer set search_path = '' as $$ {body} $$".encode()
        )
        found = ready.probe("get_campaign", 30, 0).findings
        assert [one.judgement.code for one in found] == [code]
        # made small: what is left of the call is what it must have
        assert len(found[0].call.arguments) <= 1
    finally:
        database.execute(sound.encode())
