"""Vapi's calls are found again as its API lets them be found."""

import pytest

from tests.workers.sandbox.harness import Running


def test_a_call_is_found_by_its_id(sandbox: Running) -> None:
    placed = sandbox.call().json()
    found = sandbox.vapi.get(f"/call/{placed['id']}").json()
    assert found["customer"] == {"number": "+12025550101", "externalId": "attempt of +12025550101"}
    assert found["status"] == "queued"
    assert sandbox.vapi.get("/call/another").status_code == 404


def test_the_list_is_bare_newest_first_and_bounded_by_time(sandbox: Running) -> None:
    calls = []
    for digit in range(4):
        calls.append(sandbox.call(f"+1202555010{digit}").json())
        sandbox.advance("PT1M")
    newest_first = [call["id"] for call in reversed(calls)]

    def found(**filters: str) -> list[str]:
        return [call["id"] for call in sandbox.vapi.get("/call", params=filters).json()]

    assert found() == newest_first
    assert found(limit="2") == newest_first[:2]
    assert found(createdAtGe=calls[2]["createdAt"]) == newest_first[:2]
    assert found(createdAtGt=calls[2]["createdAt"]) == newest_first[:1]
    assert found(createdAtLe=calls[1]["createdAt"]) == newest_first[2:]
    assert found(createdAtLt=calls[1]["createdAt"]) == newest_first[3:]
    assert found(assistantId=calls[0]["assistantId"]) == newest_first
    assert found(assistantId=calls[0]["phoneNumberId"]) == []
    assert found(phoneNumberId=calls[0]["phoneNumberId"]) == newest_first


@pytest.mark.parametrize("filters", [{"limit": "1001"}, {"limit": "x"}, {"createdAtGe": "now"}, {"status": "ended"}])
def test_a_filter_that_does_not_exist_is_refused(sandbox: Running, filters: dict[str, str]) -> None:
    assert sandbox.vapi.get("/call", params=filters).status_code == 400


def test_only_a_call_that_does_not_run_can_be_deleted(sandbox: Running) -> None:
    running = sandbox.call("+12025550101").json()["id"]
    later = sandbox.call("+12025550102", schedulePlan={"earliestAt": "2026-03-03T15:00:00Z"}).json()["id"]
    assert sandbox.vapi.delete(f"/call/{running}").status_code == 400
    assert sandbox.vapi.delete(f"/call/{later}").json()["endedReason"] == "scheduled-call-deleted"
    sandbox.advance("P2D")
    assert sandbox.vapi.get(f"/call/{later}").json()["endedReason"] == "scheduled-call-deleted"
    assert sandbox.vapi.delete(f"/call/{running}").status_code == 200
    assert sandbox.vapi.get(f"/call/{running}").status_code == 404


def test_the_accounts_parts_are_listed(sandbox: Running) -> None:
    names = [assistant["name"] for assistant in sandbox.vapi.get("/assistant").json()]
    assert names[0] == "Booking assistant"
    assert [line["number"] for line in sandbox.vapi.get("/phone-number", params={"limit": 1}).json()] == [
        "+12025550142"
    ]


def test_another_path_is_not_there(sandbox: Running) -> None:
    answer = sandbox.vapi.post("/squad")
    assert answer.status_code == 404
    assert answer.json() == {"message": "Cannot POST /squad", "error": "Not Found", "statusCode": 404}
