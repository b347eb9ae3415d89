"""Each fault does what its name says, and the log tells the truth about it."""

import json
import time
from typing import Any

import httpx
import pytest

from tests.workers.sandbox.harness import Ear, Running, RunSandbox

ANN, BOB = "+12025550101", "+12025550102"


def placed(sandbox: Running) -> int:
    return len(sandbox.vapi.get("/call").json())


def story(ear: Ear) -> list[str]:
    messages = [json.loads(heard.body)["message"] for heard in ear.heard]
    return [message.get("status") or message["type"] for message in messages]


@pytest.mark.parametrize("retry_after", [None, 30])
def test_too_many_requests(rehearsal: Running, retry_after: int | None) -> None:
    rehearsal.faults({"kind": "rate_limited", "retry_after": retry_after, "count": 2})
    call, text = rehearsal.call(ANN), rehearsal.text(ANN)
    for answer in (call, text):
        assert answer.status_code == 429
        assert answer.headers.get("retry-after") == (str(retry_after) if retry_after else None)
    assert call.json()["statusCode"] == 429
    assert text.json()["code"] == 20429
    assert placed(rehearsal) == 0
    assert rehearsal.call(ANN).status_code == 201


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("taken", [False, True])
def test_server_errors_with_and_without_effect(rehearsal: Running, status: int, taken: bool) -> None:
    rehearsal.faults({"kind": "server_error", "status": status, "taken": taken, "count": 1, "provider": "vapi"})
    assert rehearsal.call(ANN).status_code == status
    assert placed(rehearsal) == int(taken)
    entry = [entry for entry in rehearsal.log("request") if entry["fault"]][-1]
    assert (entry["status"], entry["taken"], entry["fault"]) == (status, taken, "server_error")


@pytest.mark.parametrize(("kind", "taken"), [("drop_before", False), ("drop_after", True)])
@pytest.mark.parametrize("provider", ["vapi", "twilio"])
def test_broken_connections(rehearsal: Running, kind: str, taken: bool, provider: str) -> None:
    rehearsal.script(ANN, texts=[{"outcome": "delivered"}])
    rehearsal.faults({"kind": kind, "provider": provider, "count": 1})
    send = rehearsal.call if provider == "vapi" else rehearsal.text
    client = rehearsal.vapi if provider == "vapi" else rehearsal.twilio
    client.headers["x-forwarded-for"] = "203.0.113.7"  # whatever a proxy says, it is this connection that breaks
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        send(ANN)
    del client.headers["x-forwarded-for"]
    entry = rehearsal.log("request")[-1]
    assert (entry["status"], entry["taken"], entry["fault"]) == (None, taken, kind)
    if taken:
        assert entry["correlation"]["resource"], "what was placed can be found by the log"
    counts = rehearsal.control.get("/").json()["counts"]
    found = rehearsal.vapi.get("/call").json() or rehearsal.twilio.get("/Messages.json").json()["messages"]
    assert len(found) == int(taken)
    assert send(ANN).status_code == 201
    assert counts["log_last"] < rehearsal.log()[-1]["seq"]


@pytest.mark.parametrize(("phase", "placed_at_once"), [("after", 1), ("before", 0)])
def test_latency(rehearsal: Running, phase: str, placed_at_once: int) -> None:
    rehearsal.faults({"kind": "latency", "seconds": 0.6, "phase": phase, "count": 1})
    started = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        rehearsal.vapi.post("/call", json=rehearsal.call_body(ANN), timeout=0.2)
    assert placed(rehearsal) == placed_at_once
    time.sleep(max(0.0, started + 1 - time.monotonic()))  # the fault itself is a span of real time
    assert placed(rehearsal) == 1, "a client that gave up does not undo what it asked for"


@pytest.mark.parametrize(("through", "early"), [("first", ["queued"]), ("last", None)])
def test_early_webhooks_come_before_the_answer(
    sandbox: Running, ear: Ear, through: str, early: list[str] | None
) -> None:
    sandbox.script(ANN, calls=[{"outcome": "booked", "booking_via": "both"}])
    sandbox.faults({"kind": "early", "through": through})
    call = sandbox.call(ANN, server=ear.url).json()
    before = story(ear)
    whole = ["queued", "ringing", "in-progress", "tool-calls", "ended", "end-of-call-report"]
    assert before == (early or whole)
    sandbox.advance("PT1H")
    assert story(ear) == whole
    first, second = sandbox.log()[:2]
    assert (first["kind"], second["kind"]) == ("request", "webhook")
    assert first["correlation"]["resource"] == second["correlation"]["resource"] == call["id"]


def test_an_early_status_comes_before_twilios_answer(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, texts=[{"outcome": "delivered"}])
    sandbox.faults({"kind": "early", "provider": "twilio", "through": "last"})
    sandbox.text(ANN, StatusCallback=f"{ear.url}/status?a=1")
    assert [heard.form["MessageStatus"] for heard in ear.heard] == ["sent", "delivered"]


def test_lost_webhooks(sandbox: Running, ear: Ear) -> None:
    sandbox.faults({"kind": "lost", "types": ["end-of-call-report"]})
    sandbox.call(ANN, server=ear.url)
    sandbox.advance("PT1H")
    assert "end-of-call-report" not in story(ear)
    lost = [entry for entry in sandbox.log("webhook") if entry["fault"] == "lost"]
    assert [entry["body"]["message"]["type"] for entry in lost] == ["end-of-call-report"]
    assert lost[0]["status"] is None


def test_repeated_webhooks(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, texts=[{"outcome": "delivered"}])
    sandbox.faults({"kind": "repeated", "types": ["delivered"], "times": 2})
    sandbox.text(ANN, StatusCallback=f"{ear.url}/status?a=1")
    sandbox.advance("PT1H")
    assert [heard.form["MessageStatus"] for heard in ear.heard] == ["sent", "delivered", "delivered", "delivered"]
    assert len({heard.body for heard in ear.heard}) == 2


def test_reordered_webhooks(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, texts=[{"outcome": "delivered"}])
    sandbox.faults({"kind": "reordered", "types": ["sent"]})
    sandbox.text(ANN, StatusCallback=f"{ear.url}/status?a=1")
    sandbox.advance("PT1H")
    assert [heard.form["MessageStatus"] for heard in ear.heard] == ["delivered", "sent"]


def test_a_reordered_webhook_without_a_next_one_still_comes(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, texts=[{"outcome": "delivered"}])
    sandbox.faults({"kind": "reordered", "types": ["delivered"]})
    sandbox.text(ANN, StatusCallback=f"{ear.url}/status?a=1")
    sandbox.advance("PT1H")
    assert [heard.form["MessageStatus"] for heard in ear.heard] == ["sent", "delivered"]


def test_delayed_webhooks(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, texts=[{"outcome": "delivered", "after": "PT5S"}])
    sandbox.faults({"kind": "delayed", "types": ["sent"], "by": "PT2H"})
    sandbox.text(ANN, StatusCallback=f"{ear.url}/status?a=1")
    sandbox.advance("PT1H")
    assert [heard.form["MessageStatus"] for heard in ear.heard] == ["delivered"]
    sandbox.advance("PT1H1M")
    assert [heard.form["MessageStatus"] for heard in ear.heard] == ["delivered", "sent"]


def test_a_fault_strikes_only_what_it_names(rehearsal: Running) -> None:
    rehearsal.faults({"kind": "server_error", "to": BOB, "provider": "vapi", "count": 1})
    assert rehearsal.call(ANN).status_code == 201
    assert rehearsal.call(BOB).status_code == 500
    assert rehearsal.call(BOB).status_code == 201
    assert rehearsal.control.get("/faults").json()["faults"][0]["fired"] == 1
    rehearsal.faults({"kind": "server_error", "methods": ["GET"]})
    assert rehearsal.vapi.get("/call").status_code == 500
    assert rehearsal.call(ANN).status_code == 201
    assert rehearsal.control.delete("/faults").json() == {"faults": []}
    assert rehearsal.vapi.get("/call").status_code == 200


def test_draws_depend_on_the_seed_and_the_number_and_not_on_the_order(run_sandbox: RunSandbox) -> None:
    people = [f"+120255501{digit:02}" for digit in range(20)]
    rule = {"kind": "rate_limited", "probability": 0.5}

    def struck(seed: str, order: list[str]) -> set[str]:
        sandbox = run_sandbox(seed=seed, faults=[rule], vapi_concurrency_limit=100)
        return {number for number in order if sandbox.call(number).status_code == 429}

    forwards = struck("one", people)
    assert 3 < len(forwards) < 17
    assert struck("one", people[::-1]) == forwards
    assert struck("two", people) != forwards


def test_trying_again_is_another_draw(rehearsal: Running) -> None:
    rehearsal.faults({"kind": "rate_limited", "probability": 0.5})
    assert {rehearsal.text(ANN, Body="").status_code for _ in range(20)} == {400, 429}


@pytest.mark.parametrize("rule", [{"kind": "flood"}, {"kind": "lost", "probability": 2}, {"kind": "lost", "x": 1}, 7])
def test_a_rule_that_makes_no_sense_is_refused(rehearsal: Running, rule: Any) -> None:
    answer = rehearsal.control.put("/faults", json={"faults": [rule]})
    assert answer.status_code == 400
    assert answer.json()["problems"]
    assert rehearsal.control.put("/faults", content="{").status_code == 400
