"""Texts whose webhook never came are found in Twilio's list, and what they say holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
import structlog
from pydantic import SecretStr

from tests.support import engine
from tests.support.databases import Database as Copy
from tests.workers.wire import AUTH_TOKEN, noon, sandbox
from workers.config import Secrets
from workers.db import Database
from workers.inboxes import InboxReader, _event
from workers.ledger import DueInbox, ProviderEvent
from workers.metrics import Metrics
from workers.providers.base import ListBrokenOffError, Transport
from workers.providers.twilio import PAGE_SIZE, InboundText, TwilioClient
from workers.sandbox.app import Sandbox


@pytest.fixture
def admin(database: Copy) -> Iterator[psycopg.Connection[Any]]:
    with database.connect(autocommit=True) as connection:
        yield connection


@pytest.fixture
async def twilio() -> AsyncIterator[tuple[Sandbox, TwilioClient]]:
    """The sandbox's Twilio, at the moment at which the tests' campaigns begin; it posts nothing to anybody."""
    async with sandbox() as (box, url):
        client = TwilioClient(Transport(f"{url}/twilio", connect_timeout=5, timeout=10))
        yield box, client
        await client.aclose()


def our_number(box: Sandbox) -> str:
    return box.stage.account.text_numbers[0].number


def scene_at(admin: psycopg.Connection[Any], box: Sandbox) -> engine.Scene:
    """The usual campaign, with the sandbox's number and account."""
    scene = engine.set_scene(admin)
    admin.execute("update public.phone_numbers set phone = %s", [our_number(box)])
    admin.execute(
        "update public.integrations set account_ref = %s where provider = 'twilio'", [box.settings.twilio_account_sid]
    )
    return scene


async def look(database: Copy, client: TwilioClient, metrics: Metrics, token: SecretStr = AUTH_TOKEN) -> None:
    async with Database(database.url("outbound_worker")) as opened:
        await InboxReader(opened, client, Secrets({"TWILIO": token}), every=60, metrics=metrics).look()


def is_behind(admin: psycopg.Connection[Any]) -> bool:
    """Whether the number's texts have to be asked for again."""
    row = admin.execute("select read_at < engine.now() - interval '1 hour' from engine.inboxes").fetchone()
    return row == (True,)


@pytest.mark.parametrize("is_for_texts", [True, False])
async def test_a_stop_that_no_webhook_brought_holds(
    is_for_texts: bool, admin: psycopg.Connection[Any], database: Copy, twilio: tuple[Sandbox, TwilioClient]
) -> None:
    """Also one to a number that only calls."""
    box, client = twilio
    scene, metrics = scene_at(admin, box), Metrics()
    admin.execute("update public.phone_numbers set is_verified_for_texts = %s", [is_for_texts])
    box.texts.receive(engine.only_phone(admin), our_number(box), "Stop")
    await look(database, client, metrics)
    assert engine.suppressed(admin) == set(), "the webhook may still be on its way"
    engine.move_clock(admin, "6 minutes")
    await look(database, client, metrics)
    assert engine.suppressed(admin) == {"call", "text"}
    assert engine.enrollments(admin, scene) == {"OPTED_OUT": 1}
    assert metrics.value("texts_found_total") == 1
    engine.move_clock(admin, "6 minutes")
    await look(database, client, metrics)
    assert metrics.value("texts_found_total") == 1, "it is in the inbox"


async def test_what_could_not_be_asked_is_asked_again_from_where_it_was(
    admin: psycopg.Connection[Any], database: Copy, twilio: tuple[Sandbox, TwilioClient]
) -> None:
    box, client = twilio
    scene_at(admin, box)
    box.texts.receive(engine.only_phone(admin), our_number(box), "Stop")
    engine.move_clock(admin, "20 hours")
    await look(database, client, Metrics(), SecretStr("not the token"))
    await look(database, client, Metrics())
    assert engine.suppressed(admin) == set(), "somebody else may be asking"
    engine.move_clock(admin, "2 minutes")
    await look(database, client, Metrics())
    assert engine.suppressed(admin) == {"call", "text"}


async def test_every_page_of_the_list_is_read(twilio: tuple[Sandbox, TwilioClient]) -> None:
    box, client = twilio
    ours, many = our_number(box), 2 * PAGE_SIZE + 1
    for n in range(many):
        box.texts.receive(f"+1212555{n:04d}", ours, "Yes")
    box.texts.receive("+12125550123", box.stage.account.text_numbers[1].number, "to another number")

    async def listed(since: datetime, until: datetime, token: SecretStr = AUTH_TOKEN) -> list[InboundText]:
        pages = client.list_inbound(box.settings.twilio_account_sid, token, ours, since, until)
        return [text async for page in pages for text in page]

    found = await listed(noon() - timedelta(hours=1), noon())
    assert len({text.sid for text in found}) == len(found) == many
    assert await listed(noon() + timedelta(seconds=1), noon() + timedelta(hours=1)) == []
    with pytest.raises(ListBrokenOffError):
        await listed(noon(), noon(), SecretStr("not the token"))


async def test_what_is_shown_of_a_list_that_breaks_off_holds(
    admin: psycopg.Connection[Any],
    database: Copy,
    twilio: tuple[Sandbox, TwilioClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A number that got more texts than are ever listed: its stops must not wait for the day when it got fewer."""
    box, client = twilio
    scene_at(admin, box)
    monkeypatch.setattr("workers.providers.twilio.MOST_PAGES", 1)
    for n in range(PAGE_SIZE):
        box.texts.receive(f"+1212555{n:04d}", our_number(box), "Yes")
    box.texts.receive(engine.only_phone(admin), our_number(box), "Stop")
    engine.move_clock(admin, "6 minutes")
    await look(database, client, Metrics())
    assert engine.suppressed(admin) == {"call", "text"}
    assert is_behind(admin)


async def test_an_inbox_that_cannot_be_read_keeps_no_other_from_being_read(
    admin: psycopg.Connection[Any],
    database: Copy,
    twilio: tuple[Sandbox, TwilioClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A defect of ours, not a list that breaks off: it is told as one, and the stop to the number behind it holds."""
    box, client = twilio
    scene = scene_at(admin, box)
    first = "00000000-0000-4000-8000-000000000000"
    admin.execute(
        "insert into public.phone_numbers (id, team_id, phone, is_verified_for_texts) values (%s, %s, %s, true)",
        [first, scene.team.id, box.stage.account.text_numbers[1].number],
    )
    box.texts.receive("+12125550123", box.stage.account.text_numbers[1].number, "Yes")
    box.texts.receive(engine.only_phone(admin), our_number(box), "Stop")
    monkeypatch.setattr("workers.inboxes._event", broken_for(box.stage.account.text_numbers[1].number))
    engine.move_clock(admin, "6 minutes")
    with structlog.testing.capture_logs() as logs:
        await look(database, client, Metrics())
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["inbox_failed"]
    assert engine.suppressed(admin) == {"call", "text"}


def broken_for(number: str) -> Any:
    """What makes events of texts, with a defect that shows at one number."""

    def event(inbox: DueInbox, text: InboundText) -> ProviderEvent:
        if inbox.phone == number:
            raise KeyError(number)
        return _event(inbox, text)

    return event


async def test_a_text_that_the_database_refuses_keeps_no_other_from_being_stored(
    admin: psycopg.Connection[Any], database: Copy, twilio: tuple[Sandbox, TwilioClient]
) -> None:
    box, client = twilio
    scene_at(admin, box)
    admin.execute("alter table engine.events add constraint not_maybe check (payload ->> 'Body' <> 'Maybe')")
    box.texts.receive("+12125550123", our_number(box), "Maybe")
    box.texts.receive(engine.only_phone(admin), our_number(box), "Stop")
    engine.move_clock(admin, "6 minutes")
    await look(database, client, Metrics())
    assert engine.suppressed(admin) == {"call", "text"}
    assert is_behind(admin), "it is asked for again"


async def test_an_inbox_is_one_workers_at_a_time(admin: psycopg.Connection[Any], database: Copy) -> None:
    engine.set_scene(admin)

    async def claim(opened: Database) -> list[DueInbox]:
        return await opened.claim_inboxes(10, timedelta(minutes=2))

    async with Database(database.url("outbound_worker")) as opened:
        [inbox] = await claim(opened)
        assert await claim(opened) == []
        await opened.note_inbox(inbox)
        engine.move_clock(admin, "4 minutes")
        assert await claim(opened) == []
        engine.move_clock(admin, "1 minute")
        [following] = await claim(opened)
        assert following.since < inbox.until < following.until, "nothing falls between two looks"


def test_a_start_that_is_told_late_lifts_no_stop_that_came_since(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin)
    phone = engine.only_phone(admin)
    engine.move_clock(admin, "30 minutes")
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "STOP"))
    engine.move_clock(admin, "30 minutes")
    late = engine.inbound_text(scene.team.id, phone, "START", sid="SM2")
    engine.ingest(admin, late | {"occurred_at": noon().isoformat()})
    assert engine.suppressed(admin) == {"call", "text"}
    engine.ingest(admin, engine.inbound_text(scene.team.id, phone, "START", sid="SM3"))
    assert engine.suppressed(admin) == {"call"}


@pytest.mark.parametrize(("minute", "outcome"), [(-1, None), (1, "replied")])
def test_what_was_written_before_our_text_does_not_answer_it(
    admin: psycopg.Connection[Any], minute: int, outcome: str | None
) -> None:
    scene = engine.set_scene(admin)
    [call] = engine.dispatch(admin)
    engine.ingest(admin, engine.call_report(call, "customer-did-not-answer"))
    engine.move_clock(admin, "4 hours")
    [call] = engine.dispatch(admin)
    engine.ingest(admin, engine.call_report(call, "customer-did-not-answer"))
    engine.dispatch(admin)
    [(begun_at,)] = admin.execute("select max(begun_at) from engine.attempts").fetchall()
    reply = engine.inbound_text(scene.team.id, engine.only_phone(admin), "Tomorrow suits me")
    engine.ingest(admin, reply | {"occurred_at": (begun_at + timedelta(minutes=minute)).isoformat()})
    assert engine.jobs(admin, scene)[-1][3] == outcome
