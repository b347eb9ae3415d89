"""`/control`: what operators and tests use to look at the sandbox, and to change what it does.

It needs no key: the sandbox listens on loopback only, and what is said here holds no secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workers.sandbox.account import E164
from workers.sandbox.faults import Fault
from workers.sandbox.people import PersonScript, Rates
from workers.sandbox.servicetitan_control import ServiceTitanControl
from workers.sandbox.stage import configured_account

if TYPE_CHECKING:
    from workers.sandbox.app import Sandbox

LONGEST_WAIT = 30.0
NEXT_SHOWN = 3

Handler = Callable[[Request], Awaitable[Response]]


class ClockOrder(BaseModel):
    """How the clock should go on. `at` or `advance` send a manual clock to a moment."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["auto", "real", "manual"] | None = None
    speed: float | None = Field(None, gt=0)
    rate: float | None = Field(None, ge=0)
    at: AwareDatetime | None = None
    advance: timedelta | None = Field(None, ge=timedelta(0))
    wait_seconds: float = Field(LONGEST_WAIT, ge=0, le=300)


class Population(BaseModel):
    """The rates of the population, and the seed that it is drawn by."""

    model_config = ConfigDict(extra="forbid")

    seed: str | None = None
    rates: dict[str, float] = Field(default_factory=dict)


class InboundText(BaseModel):
    """A text that a person sends on her own."""

    model_config = ConfigDict(extra="forbid")

    to: str = Field(pattern=E164)
    body: str = Field(min_length=1, max_length=1600)


class AccountChange(BaseModel):
    """Parts of the account to put in place of those that are there; limits of the calling account."""

    model_config = ConfigDict(extra="allow")

    concurrency_limit: int | None = Field(None, ge=0)
    over_limit: Literal["refuse", "too_many_requests", "block"] | None = None


class Control:
    """The handlers."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._stage = sandbox.stage

    def clock(self) -> dict[str, Any]:
        """Where the clock stands, how it goes on, and what it waits for."""
        driver, stage = self._sandbox.driver, self._stage
        return {
            "at": stage.clock.now().isoformat(),
            "mode": driver.pace.mode,
            "speed": driver.pace.speed,
            "rate": stage.clock.rate,
            "environment": driver.environment,
            "next_event_at": _shown(stage.agenda.next_at()),
            "next_due_at": _shown(driver.pending.next_due_at),
            "due_jobs": driver.pending.due_jobs,
            "open_jobs": driver.pending.open_jobs,
            "busy": driver.is_busy(),
            "busy_with": driver.busy_with(),
            "stalled": driver.stalled,
            "problem": driver.problem,
            "waited_seconds": {name: round(spent, 1) for name, spent in driver.waited.items()},
        }

    async def get_status(self, _request: Request) -> Response:
        """Everything at a glance."""
        shown = {"counts": self._sandbox.counts(), "clock": self.clock(), "faults": self._faults()}
        return JSONResponse({**shown, "account": self._account()})

    async def get_log(self, request: Request) -> Response:
        """Entries after a number; with `wait`, the answer waits for one."""
        given = request.query_params
        after, limit = _number(given.get("after"), 0), _number(given.get("limit"), 1000)
        wait = _number(given.get("wait"), 0)
        if wait:
            await self._stage.journal.wait(after, min(wait, LONGEST_WAIT))
        entries = self._stage.journal.after(after, limit)
        last = entries[-1]["seq"] if entries else after
        for name in ("kind", "provider"):
            if name in given:
                entries = [entry for entry in entries if entry[name] == given[name]]
        return JSONResponse({"entries": entries, "last": last})

    async def get_clock(self, _request: Request) -> Response:
        """Where the clock stands."""
        return JSONResponse(self.clock())

    async def put_clock(self, request: Request) -> Response:
        """Change how it goes on, or send it to a moment."""
        order = ClockOrder.model_validate(await _json(request))
        driver = self._sandbox.driver
        moment = order.at if order.at or order.advance is None else self._stage.clock.now() + order.advance
        mode = order.mode or ("manual" if moment else driver.pace.mode)
        if moment is not None and mode != "manual":
            raise HTTPException(400, "Only a manual clock can be sent to a moment.")
        if order.mode or order.speed is not None or order.rate is not None or mode != driver.pace.mode:
            await driver.change(mode, speed=order.speed, rate=order.rate)
        reached = True
        if moment is not None:
            reached = await driver.go_to(moment, order.wait_seconds)
        return JSONResponse({**self.clock(), "reached": reached})

    async def get_faults(self, _request: Request) -> Response:
        """The rules in force, and how often each has fired."""
        return JSONResponse({"faults": self._faults()})

    async def put_faults(self, request: Request) -> Response:
        """Put other rules in force."""
        given = await _json(request)
        rules = given.get("faults") if isinstance(given, dict) else given
        if not isinstance(rules, list):
            raise HTTPException(400, 'Send {"faults": [...]}.')
        self._stage.faults.replace([Fault.model_validate(rule) for rule in rules])
        return JSONResponse({"faults": self._faults()})

    async def delete_faults(self, _request: Request) -> Response:
        """Nothing goes wrong any more."""
        self._stage.faults.replace([])
        return JSONResponse({"faults": []})

    async def get_people(self, _request: Request) -> Response:
        """The rates, and who has a script."""
        return JSONResponse(self._people())

    async def put_people(self, request: Request) -> Response:
        """Change the rates or the seed; scripts stay."""
        order = Population.model_validate(await _json(request))
        population = self._stage.population
        population.rates = Rates.model_validate({**population.rates.model_dump(), **order.rates})
        population.seed = population.seed if order.seed is None else order.seed
        return JSONResponse(self._people())

    async def get_person(self, request: Request) -> Response:
        """What a number has seen so far, and what it will do next."""
        return JSONResponse(self._person(_e164(request)))

    async def put_person(self, request: Request) -> Response:
        """Write a person's script."""
        number = _e164(request)
        self._stage.population.scripts[number] = PersonScript.model_validate(await _json(request))
        return JSONResponse(self._person(number))

    async def delete_person(self, request: Request) -> Response:
        """Take a person's script away."""
        number = _e164(request)
        self._stage.population.scripts.pop(number, None)
        return JSONResponse(self._person(number))

    async def post_text(self, request: Request) -> Response:
        """Let a person text one of our numbers now."""
        order = InboundText.model_validate(await _json(request))
        message = self._sandbox.texts.receive(_e164(request), order.to, order.body)
        if message is None:
            raise HTTPException(404, f"{order.to} is not a number of this account.")
        return JSONResponse({"sid": message.sid}, 201)

    async def get_account(self, _request: Request) -> Response:
        """What the accounts hold."""
        return JSONResponse(self._account())

    async def put_account(self, request: Request) -> Response:
        """Replace parts of the accounts."""
        change = AccountChange.model_validate(await _json(request))
        desk = self._sandbox.calls
        given = {**self._stage.account.model_dump(), **(change.model_extra or {})}
        self._stage.account = configured_account(self._stage.settings, given)
        desk.concurrency_limit = (
            desk.concurrency_limit if change.concurrency_limit is None else change.concurrency_limit
        )
        desk.over_limit = change.over_limit or desk.over_limit
        return JSONResponse(self._account())

    async def post_reset(self, _request: Request) -> Response:
        """Forget calls, texts, opt-outs, scripts and faults; the log and the clock stay."""
        self._sandbox.forget()
        return JSONResponse({"counts": self._sandbox.counts()})

    def _faults(self) -> list[dict[str, Any]]:
        return [fault.model_dump(mode="json", exclude_none=True) for fault in self._stage.faults.faults]

    def _people(self) -> dict[str, Any]:
        population = self._stage.population
        scripts = {
            number: script.model_dump(mode="json", exclude_none=True) for number, script in population.scripts.items()
        }
        return {"seed": population.seed, "rates": population.rates.model_dump(), "scripts": scripts}

    def _person(self, number: str) -> dict[str, Any]:
        population = self._stage.population
        calls, texts = population.calls_taken[number], population.texts_taken[number]
        script = population.scripts.get(number)
        turns = range(1, NEXT_SHOWN + 1)
        return {
            "number": number,
            "calls_taken": calls,
            "texts_taken": texts,
            "opted_out": any(person == number for _, person in self._sandbox.texts.opted_out),
            "script": script.model_dump(mode="json", exclude_none=True) if script else None,
            "next_calls": [population.call(number, calls + nth).model_dump(mode="json") for nth in turns],
            "next_texts": [population.text(number, texts + nth).model_dump(mode="json") for nth in turns],
        }

    def _account(self) -> dict[str, Any]:
        desk = self._sandbox.calls
        shown = self._stage.account.model_dump(mode="json", exclude={"credentials": {"__all__": {"secret"}}})
        limits = {"concurrency_limit": desk.concurrency_limit, "over_limit": desk.over_limit}
        return {
            **shown,
            **limits,
            "twilio_account_sid": self._sandbox.texts.account_sid,
            "servicetitan_tenant_id": self._sandbox.servicetitan.tenant_id,
        }


async def health(_request: Request) -> Response:
    """Whether it is there."""
    return JSONResponse({"status": "ok"})


def control_routes(sandbox: Sandbox) -> list[Route]:
    """The routes of `/control`."""
    control = Control(sandbox)
    table: list[tuple[str, str, Handler]] = [
        ("/", "GET", control.get_status),
        ("/log", "GET", control.get_log),
        ("/clock", "GET", control.get_clock),
        ("/clock", "PUT", control.put_clock),
        ("/faults", "GET", control.get_faults),
        ("/faults", "PUT", control.put_faults),
        ("/faults", "DELETE", control.delete_faults),
        ("/people", "GET", control.get_people),
        ("/people", "PUT", control.put_people),
        ("/people/{number}", "GET", control.get_person),
        ("/people/{number}", "PUT", control.put_person),
        ("/people/{number}", "DELETE", control.delete_person),
        ("/people/{number}/texts", "POST", control.post_text),
        ("/account", "GET", control.get_account),
        ("/account", "PUT", control.put_account),
        ("/reset", "POST", control.post_reset),
        *ServiceTitanControl(sandbox.servicetitan).table(),
    ]
    return [Route(path, _guarded(handler), methods=[method]) for path, method, handler in table]


def _guarded(handler: Handler) -> Handler:
    """Say what is wrong with an order in one sentence and a list, never with a stack of frames."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except ValidationError as invalid:
            problems = [
                {"path": ".".join(str(part) for part in problem["loc"]), "message": problem["msg"]}
                for problem in invalid.errors(include_url=False, include_context=False, include_input=False)
            ]
            return JSONResponse({"error": "The order could not be understood.", "problems": problems}, 400)
        except HTTPException as refused:
            return JSONResponse({"error": refused.detail}, refused.status_code)

    return endpoint


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body() or b"{}")
    except ValueError as problem:
        raise HTTPException(400, f"The body is not JSON: {problem}") from problem


def _e164(request: Request) -> str:
    number = str(request.path_params["number"])
    if not re.match(E164, number):
        raise HTTPException(400, f"{number} is not a number in E.164 form, such as +12025550101.")
    return number


def _number(given: str | None, default: int) -> int:
    if given is None:
        return default
    if not given.isdigit():
        raise HTTPException(400, f"{given} is not a whole number.")
    return int(given)


def _shown(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
