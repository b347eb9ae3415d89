"""The state behind the sandbox's ServiceTitan: tokens, limits, holds, notes, and what operators change."""

import asyncio
import hmac
import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

from workers.sandbox.servicetitan_lists import (
    APPOINTMENT_STATUSES,
    FOLLOW_UP_STATUSES,
    JOB_STATUSES,
    MEMBERSHIP_STATUSES,
)
from workers.sandbox.servicetitan_query import INVALID, Refusal
from workers.sandbox.servicetitan_rows import Appointment as Visit
from workers.sandbox.servicetitan_rows import Contact, Customer, Job, Record, Table, camel, shown_moment
from workers.sandbox.servicetitan_world import World
from workers.sandbox.stage import Stage

TABLES: Final = (
    "customers", "locations", "contacts", "jobs", "appointments", "memberships", "services", "events", "tags",
    "business_units", "job_types", "campaigns", "hold_reasons", "membership_types",
)  # fmt: skip
STATES: Final = {
    ("appointments", "status"): APPOINTMENT_STATUSES,
    ("jobs", "job_status"): JOB_STATUSES,
    ("memberships", "status"): MEMBERSHIP_STATUSES,
    ("events", "status"): FOLLOW_UP_STATUSES,
}
FIXED: Final = frozenset({"id", "created_on", "modified_on"})


@dataclass(slots=True)
class Window:
    """Calls in the last `seconds`, of the sandbox's clock or of ours, whichever went further.

    A clock that stands still while work is due would let nobody in again; one that runs ahead is the sandbox's own.
    """

    calls: int
    seconds: float
    made: deque[tuple[float, float]] = field(default_factory=deque)

    def wait(self, virtual: float) -> float:
        """Seconds until one more call fits; 0 when it fits now, and then it is counted."""
        real = time.monotonic()
        while self.made and max(virtual - self.made[0][0], real - self.made[0][1]) >= self.seconds:
            self.made.popleft()
        if self.seconds == 0 or len(self.made) < self.calls:
            self.made.append((virtual, real))
            return 0.0
        return self.seconds - max(virtual - self.made[0][0], real - self.made[0][1])


@dataclass(slots=True)
class Queued:
    """A report that is being made: it is done when it was asked for once."""

    answer: dict[str, Any]
    asked: int = 0


class Desk:
    """One tenant, and the one application that may speak to it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._lock = asyncio.Lock()
        self.tenant_id = stage.settings.servicetitan_tenant_id
        self.forget()

    def forget(self) -> None:
        """Back to the beginning: another population of the same seed, no tokens, no notes."""
        settings = self._stage.settings
        self._world: World | None = None
        self.tokens: dict[str, float] = {}
        self._used: set[str] = set()
        self.notes: dict[int, list[dict[str, Any]]] = {}
        self.queued: dict[str, Queued] = {}
        self.scopes = set(settings.servicetitan_scopes)
        self.holds_taken = 0
        self._calls = Window(settings.servicetitan_calls_per_second, 1.0)
        self._reports: dict[str, Window] = {}

    async def world(self) -> World:
        """The population, drawn when it is first asked for."""
        async with self._lock:
            if self._world is None:
                settings = self._stage.settings
                world = World(self._stage.population.seed, settings.servicetitan_customers, self._stage.clock.now())
                for _ in world.fill():
                    await asyncio.sleep(0)  # calls and texts go on meanwhile
                self._world = world
            return self._world

    def now(self) -> int:
        """Whole seconds of the sandbox's clock."""
        return int(self._stage.clock.now().timestamp())

    # --- tokens and limits ------------------------------------------------------------------------------------------

    def issue(self, form: Mapping[str, str]) -> dict[str, Any]:
        """A token for the application's credentials."""
        settings = self._stage.settings
        if form.get("grant_type") != "client_credentials":
            raise Refusal(400, "unsupported_grant_type")
        pairs = (
            (form.get("client_id", ""), settings.servicetitan_client_id),
            (form.get("client_secret", ""), settings.servicetitan_client_secret),
        )
        if not all(hmac.compare_digest(one.encode(), known.get_secret_value().encode()) for one, known in pairs):
            raise Refusal(400, "invalid_client")
        token, life = secrets.token_urlsafe(32), settings.servicetitan_token_seconds
        self.tokens[token] = self._stage.clock.now().timestamp() + life
        return {
            "access_token": token,
            "expires_in": life,
            "token_type": "Bearer",
            "scope": " ".join(sorted(self.scopes)),
        }

    def authenticate(self, headers: Mapping[str, str], *, expire: bool = False) -> None:
        """Raise the refusal of a request without a good token or app key.

        `expire` ends its token first, if it was good for a request before: no token ends before it began.
        """
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if expire and token in self._used:
            self.tokens.pop(token, None)
        good_until = self.tokens.get(token, 0.0) if scheme.lower() == "bearer" else 0.0
        if self._stage.clock.now().timestamp() >= good_until:
            raise Refusal(401, "The access token is missing, invalid or expired.")
        key, known = headers.get("st-app-key", ""), self._stage.settings.servicetitan_app_key.get_secret_value()
        if not hmac.compare_digest(key.encode(), known.encode()):
            raise Refusal(401, "The ST-App-Key header is missing or its key is not valid.")
        self._used.add(token)

    def admit(self) -> None:
        """Count a call, or refuse it as one too many."""
        wait = self._calls.wait(self._stage.clock.now().timestamp())
        if wait:
            raise self.too_many(wait)

    def admit_report(self, report: str) -> None:
        """Count a call of a report, or refuse it as coming too soon."""
        window = self._reports.setdefault(report, Window(1, float(self._stage.settings.servicetitan_report_seconds)))
        wait = window.wait(self._stage.clock.now().timestamp())
        if wait:
            raise self.too_many(wait)

    def too_many(self, wait: float) -> Refusal:
        """A 429 that tells how long to wait in the form that is set."""
        seconds, form = int(wait) + 1, self._stage.settings.servicetitan_retry_after
        headers = {}
        if form == "seconds":
            headers["retry-after"] = str(seconds)
        elif form == "date":
            until = datetime.fromtimestamp(time.time() + seconds, UTC)
            headers["retry-after"] = format_datetime(until, usegmt=True)
        said = f" Try again in {seconds} seconds." if form == "words" else ""
        return Refusal(429, f"Rate limit is exceeded.{said}", headers=headers)

    # --- what the API changes ---------------------------------------------------------------------------------------

    def hold(self, world: World, visit: Visit, body: Any) -> None:
        """Put an appointment on hold."""
        given = body if isinstance(body, dict) else {}
        problems: dict[str, list[str]] = {}
        reason_id, memo = given.get("reasonId"), given.get("memo")
        reason = world.hold_reasons.get(reason_id) if isinstance(reason_id, int) else None
        if reason_id is None:
            problems["reasonId"] = ["The reasonId field is required."]
        elif reason is None or not reason.active:
            problems["reasonId"] = ["The hold reason does not exist or is not active."]
        if not isinstance(memo, str) or not memo.strip():
            problems["memo"] = ["The memo field is required."]
        if problems or reason is None:
            raise Refusal(400, INVALID, problems)
        if visit.status != "Scheduled":
            raise Refusal(409, f"An appointment with the status {visit.status} cannot be put on hold.")
        visit.hold_reason_id, visit.hold_memo = reason.id, str(memo)
        self.set_status(world, visit, "Hold")
        self.holds_taken += 1

    def release(self, world: World, visit: Visit) -> None:
        """Take an appointment off hold."""
        if visit.status != "Hold":
            raise Refusal(409, "Appointment is not on hold")
        visit.hold_reason_id = visit.hold_memo = None
        self.set_status(world, visit, "Scheduled")

    def add_note(self, job: Job, body: Any) -> dict[str, Any]:
        """Put a note on a job."""
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str) or not text.strip():
            raise Refusal(400, INVALID, {"text": ["The text field is required."]})
        at = shown_moment(self.now())
        note = {
            "text": text, "isPinned": body.get("pinToTop") is True, "createdById": 77, "createdOn": at,
            "modifiedOn": at,
        }  # fmt: skip
        self.notes.setdefault(job.id, []).append(note)
        return note

    def set_status(self, world: World, visit: Visit, status: str) -> None:
        """Move an appointment on, and its job with it."""
        visit.status = status
        world.appointments.touch(visit, self.now())
        job = world.jobs.get(visit.job_id)
        if job is None or job.last_appointment_id != visit.id:
            return
        job.job_status = {"Done": "Completed", "Working": "InProgress"}.get(status, status)
        job.completed_on = self.now() if status == "Done" else None
        world.jobs.touch(job, self.now())

    # --- what operators change --------------------------------------------------------------------------------------

    def change(self, world: World, table: str, row_id: int, given: Mapping[str, Any]) -> Record:
        """Set fields of a row by their names in JSON; its version moves on."""
        rows: Table[Any] = getattr(world, table)
        row = rows.get(row_id)
        if row is None:
            raise Refusal(404, f"There is no row {row_id} in {table}.")
        names = {camel(one.name): one.name for one in fields(row) if one.name not in FIXED}
        names |= {shown: name for name, shown in type(row).RENAMED.items()}
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise Refusal(400, f"Not a field of {table} that can be set: {', '.join(unknown)}.")
        values = {names[name]: _value(table, row, names[name], value) for name, value in given.items()}
        for attribute, value in values.items():
            setattr(row, attribute, value)
        if isinstance(row, Visit) and "status" in values:
            self.set_status(world, row, values["status"])
        else:
            rows.touch(row, self.now())
        if isinstance(row, Contact):
            world.forget_phones()
        return row

    def add_customer(self, world: World, name: str, phone: str | None) -> Customer:
        """A customer who is new, at the first one's address."""
        at, first = self.now(), next(iter(world.customers))
        row = Customer(
            world.customers.next_id(), True, at, at, name, first.street, first.city, first.state, first.zip, (), None,
            "Residential", 0.0, False, False,
        )  # fmt: skip
        world.customers.add(row)
        if phone:
            digits = "".join(character for character in phone if character.isdigit())[-10:]
            contact_id = world.contacts.next_id()
            world.contacts.add(
                Contact(contact_id, True, at, at, row.id, "MobilePhone", phone, None, digits, False, None)
            )
            world.forget_phones()
        return row


def _value(table: str, row: Record, attribute: str, value: Any) -> Any:
    """A value that an operator gave, as rows hold it; raises the refusal of one that could never be there."""
    states = STATES.get((table, attribute))
    if states and value not in states:
        raise Refusal(400, f"{attribute} of {table} is one of {', '.join(states)}.")
    if attribute in type(row).MOMENTS:
        return _seconds(value)
    there = getattr(row, attribute)
    given = tuple(value) if isinstance(value, list) else value
    kinds = (int, float) if type(there) in {int, float} else (type(there),)
    if there is not None and given is not None and type(given) not in kinds:
        raise Refusal(400, f"{value!r} cannot be the {attribute} of {table}.")
    return given


def _seconds(value: Any) -> Any:
    """A moment that an operator gave, as rows hold it."""
    if value is None:
        return None
    try:
        return int(datetime.fromisoformat(str(value)).timestamp())
    except ValueError:
        raise Refusal(400, f"{value} is not a moment.") from None
