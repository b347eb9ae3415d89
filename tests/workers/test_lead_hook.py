"""Leads over HTTP: who may send them, in which shapes, and what is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.workers.memory_inbox import LEAD_TOKEN, Listening, listening

LEAD = {"phone": "(212) 555-0123", "first_name": "Dana"}


@pytest.fixture
async def receiver() -> AsyncIterator[Listening]:
    async with listening() as receiver:
        yield receiver


async def test_the_token_may_stand_in_the_path_or_in_a_header(receiver: Listening) -> None:
    assert (await receiver.http.post(f"/webhooks/leads/{LEAD_TOKEN}", json=LEAD)).status_code == 200
    for headers in ({"Authorization": f"Bearer {LEAD_TOKEN}"}, {"X-Lead-Token": LEAD_TOKEN}):
        answer = await receiver.http.post("/webhooks/leads", json=LEAD, headers=headers)
        assert answer.json() == {"lead_id": "l1", "status": "ACCEPTED", "duplicate": True, "problems": []}
    assert receiver.inbox.leads == [LEAD] * 3
    assert (receiver.counted("leads", "accepted"), receiver.counted("leads", "duplicate")) == (1, 2)


async def test_a_form_is_a_lead_too(receiver: Listening) -> None:
    answer = await receiver.http.post(f"/webhooks/leads/{LEAD_TOKEN}", data={**LEAD, "note": ""})
    assert answer.status_code == 200
    assert receiver.inbox.leads == [{**LEAD, "note": ""}]


async def test_strangers_leave_only_a_count(receiver: Listening, caplog: pytest.LogCaptureFixture) -> None:
    for path, headers in (
        ("/webhooks/leads", {}),
        ("/webhooks/leads/guessed-token", {}),
        ("/webhooks/leads", {"Authorization": "Basic Zm9v"}),
        ("/webhooks/leads", {"Authorization": "Bearer"}),
        ("/webhooks/leads", {"X-Lead-Token": "guessed-token"}),
    ):
        answer = await receiver.http.post(path, json=LEAD, headers=headers)
        assert (answer.status_code, answer.content) == (401, b"")
    assert receiver.inbox.leads == []
    assert receiver.counted("leads", "forged") == 5
    assert "guessed-token" not in caplog.text


async def test_what_cannot_be_read_or_called_is_told(receiver: Listening) -> None:
    path = f"/webhooks/leads/{LEAD_TOKEN}"
    for body in (b"", b"[]", b"{", b'{"a": NaN}'):
        assert (await receiver.http.post(path, content=body)).status_code == 400
    answer = await receiver.http.post(path, json={"first_name": "Dana"})
    assert answer.status_code == 422
    assert answer.json()["problems"] == [{"code": "phone_missing", "message": "No.", "path": "p_lead.phone"}]


async def test_a_database_that_is_away_is_waited_for(receiver: Listening) -> None:
    receiver.inbox.away = 2
    assert (await receiver.http.post(f"/webhooks/leads/{LEAD_TOKEN}", json=LEAD)).status_code == 200
