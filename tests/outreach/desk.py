"""A team that reschedules: its ServiceTitan and its calls are the sandbox's, its workers processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from tests.audiences.office import Office, office
from tests.support.databases import Database as Copy
from tests.support.waiting import until
from tests.workers.titan import APP_KEY, CLIENT_ID, CLIENT_SECRET, SECRETS, Titan
from tests.workers.wire import API_KEY, AUTH_TOKEN, WEBHOOK_SECRET
from tests.workers.worker_process import worker_process

REASON, INACTIVE = 501, 505
MEMO = "Asked for another day"
NOWHERE = 12
"""An id that no appointment has."""


@dataclass
class Desk:
    """The office, and what an operator sees of outreach."""

    office: Office

    @property
    def titan(self) -> Titan:
        return self.office.titan

    def free(self, count: int, status: str = "Scheduled") -> list[int]:
        """Appointments in a state, each the last of its job."""
        last = {job.last_appointment_id for job in self.titan.world.jobs}
        found = [row.id for row in self.titan.world.appointments if row.status == status and row.id in last]
        assert len(found) >= count, f"only {len(found)} appointments are {status}"
        return found[:count]

    def listed(self, appointments: Sequence[int]) -> str:
        """A list of so many customers, each with one of the appointments."""
        team = self.office.team.id
        list_id = str(self.office.value("select tests.create_list(%s, %s)", team, len(appointments)))
        self.office.connection.execute(
            "update public.audience_members as m set servicetitan_appointment_id = a.id, servicetitan_job_id = a.n"
            " from (select contact_id, row_number() over (order by contact_id) as n from public.audience_members"
            " where list_id = %s) as k, unnest(%s::bigint[]) with ordinality as a (id, n)"
            " where m.list_id = %s and k.contact_id = m.contact_id and k.n = a.n",
            [list_id, list(appointments), list_id],
        )
        return list_id

    def launch(self, appointments: Sequence[int], reason: int = REASON) -> str:
        """A reschedule by call of these appointments' customers; the outreach's id."""
        answer = self.launch_list(self.listed(appointments), reason)
        assert answer["counts"]["holds"] == len(appointments)
        return str(answer["outreach_id"])

    def launch_list(self, list_id: str, reason: int = REASON) -> Any:
        """A reschedule by call of a list; what is answered."""
        return self.office.rpc(
            "launch_outreach",
            p_list_id=list_id,
            p_kind="reschedule",
            p_channel="call",
            p_phone_number_id=self.office.value("select id from public.phone_numbers"),
            p_assistant_id=self.office.value("select id from public.assistants"),
            p_hold_reason_id=reason,
            p_hold_memo=MEMO,
        )

    def items(self, outreach: str) -> dict[int, Any]:
        """The items of an outreach, by appointment."""
        answer = self.office.rpc("get_outreach_items", p_outreach_id=outreach, p_limit=1000)
        return {item["servicetitan_appointment_id"]: item for item in answer["items"]}

    def outcomes(self, outreach: str) -> dict[int, tuple[str, str | None]]:
        return {
            number: (item["status"], item["hold"] and item["hold"]["code"])
            for number, item in self.items(outreach).items()
        }

    def puts(self) -> Counter[int]:
        """How often each appointment was asked to be held, whatever was answered."""
        return Counter(int(entry["path"].split("/")[-2]) for entry in self.titan.requests("PUT", "/hold"))

    def calls(self) -> dict[str, list[int]]:
        """The numbers that were called, with the places of the requests in the sandbox's log."""
        placed: dict[str, list[int]] = {}
        for entry in self.titan.box.stage.journal.after(0, limit=10**6):
            if entry["provider"] == "vapi" and entry["method"] == "POST" and entry["taken"]:
                placed.setdefault(entry["body"]["customer"]["number"], []).append(entry["seq"])
        return placed

    def assert_held_before_called(self, outreach: str) -> None:
        """Who was called was called once, and the appointment was on hold in ServiceTitan before that."""
        called = self.calls()
        for number, item in self.items(outreach).items():
            places = called.pop(item["phone"], [])
            assert len(places) == (item["status"] == "ENROLLED"), item
            if not places:
                continue
            before = [e for e in self.titan.requests(path=f"/appointments/{number}") if e["seq"] < places[0]]
            was_asked = any(e["method"] == "PUT" and e["taken"] for e in before)
            assert was_asked or item["hold"]["code"] == "already_held", item
            assert (before[-1]["method"], before[-1]["status"]) == ("GET", 200), "it was not read back before the call"
        assert called == {}

    def pass_time(self, minutes: float) -> None:
        self.office.connection.execute(
            "select engine.set_clock(engine.now() + make_interval(secs => %s), 1)", [minutes * 60]
        )

    async def settled(self, outreach: str) -> None:
        """Wait until no hold is open and everybody who may be called was."""

        def is_over() -> bool:
            items = self.items(outreach).values()
            enrolled = {item["phone"] for item in items if item["status"] == "ENROLLED"}
            return all(item["status"] != "HOLDING" for item in items) and set(self.calls()) >= enrolled

        await until(is_over, "the end of the holds and the calls after them")

    def working(self, **more: str) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        """A worker process, with `more` settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTBOUND_")}
        titan_url = f"{self.titan.url}/servicetitan"
        environment = {
            **kept,
            "OUTBOUND_DATABASE_URL": self.office.copy.url("outbound_worker"),
            "OUTBOUND_WEBHOOK_PUBLIC_URL": "http://127.0.0.1:9",
            "OUTBOUND_VAPI_BASE_URL": f"{self.titan.url}/vapi",
            "OUTBOUND_TWILIO_BASE_URL": f"{self.titan.url}/twilio",
            "OUTBOUND_SERVICETITAN_BASE_URL": titan_url,
            "OUTBOUND_SERVICETITAN_AUTH_URL": titan_url,
            "OUTBOUND_SECRET_VAPI": API_KEY.get_secret_value(),
            "OUTBOUND_SECRET_VAPI_WEBHOOK": WEBHOOK_SECRET.get_secret_value(),
            "OUTBOUND_SECRET_TWILIO": AUTH_TOKEN.get_secret_value(),
            "OUTBOUND_SECRET_ST_CLIENT_ID": CLIENT_ID.get_secret_value(),
            "OUTBOUND_SECRET_ST_CLIENT_SECRET": CLIENT_SECRET.get_secret_value(),
            "OUTBOUND_SECRET_ST_APP_KEY": APP_KEY.get_secret_value(),
            "OUTBOUND_DRAIN_SECONDS": "1",
            **more,
        }
        return worker_process(environment, SECRETS)


@contextlib.asynccontextmanager
async def desk(copy: Copy, **settings: Any) -> AsyncIterator[Desk]:
    async with office(copy, **settings) as made:
        account = made.titan.box.stage.account
        connection, team = made.connection, made.team.id
        connection.execute("select tests.connect_providers(%s), tests.connect_holds(%s)", [team, team])
        connection.execute(
            "update public.phone_numbers set phone = %s, vapi_phone_number_id = %s",
            [account.phone_numbers[0].number, account.phone_numbers[0].id],
        )
        connection.execute("update public.assistants set provider_assistant_id = %s", [account.assistants[0].id])
        yield Desk(made)
