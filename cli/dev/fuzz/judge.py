"""Whether an answer is one that a caller may get: a result, or a refusal of ours that tells nothing of others.

What never reaches a function is judged by a second opinion. PostgREST converts arguments with `json_to_record` to the
types that a function declares, those in an address as texts; the judge does the same in a connection of its own, and
lets PostgREST answer with the very error that this gives, and with no other. So an error of such a class that is raised
*inside* a function is seen.
"""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from cli.dev.fuzz.arguments import Rpc
from cli.dev.fuzz.calls import Answer, Call
from cli.dev.fuzz.scene import Scene
from workers.errors import ERRORS

CONVERSIONS = {
    "22P02": "no value of its type",
    "22003": "a number out of range",
    "22007": "no date or time",
    "22008": "a date or time out of range",
    "22009": "a time zone out of range",
    "22023": "a time zone that is not known",
    "22P05": "text with NUL",
    "54000": "arrays nested more than six deep",
    "54001": "nested thousands deep",
}
"""What PostgREST answers for an argument that can't be converted, with no function called; docs/errors.md lists it."""

_NESTED = ("54000", "54001")
"""Those of them that PostgREST answers with 413."""


READ_ONLY = "25006"
"""What an RPC that writes is answered by GET, with 405: the transaction may only read."""


_NOT_FOUND = {"POST": ("PGRST202", "PGRST102"), "GET": ("PGRST202", "PGRST100")}
"""The function was not looked for, or not found; in an address a name may be something else than an argument's."""


class Verdict(enum.Enum):
    """What became of a call."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """With an OBxxx, or because it would write and the request may not."""
    NOT_CONVERTED = "not converted"
    """The function was not called: an argument is no value of its type."""
    NOT_FOUND = "no such call"
    """The function was not called: it takes no such arguments, or the body is no object of arguments."""
    WRONG = "wrong"


@dataclass(frozen=True)
class Judgement:
    """A verdict and, when it is `WRONG`, why."""

    verdict: Verdict
    code: str = ""
    why: str = ""

    @property
    def kind(self) -> str:
        """What makes two findings the same."""
        return f"{self.code} {self.why}"


class Judge:
    """Judges answers, with a superuser's connection for the second opinion."""

    def __init__(self, connection: psycopg.Connection[Any], scene: Scene, rpcs: dict[str, Rpc]) -> None:
        self._connection = connection
        self._scene = scene
        self._rpcs = rpcs

    def judge(self, call: Call, answer: Answer) -> Judgement:
        """What an answer is worth."""
        leaked = self._leaked(call, answer)
        if leaked:
            return Judgement(Verdict.WRONG, "leak", f"shows what is another team's: {leaked}")
        if answer.status in (200, 204):
            return Judgement(Verdict.ANSWERED)
        error = answer.error()
        code = str(error.get("code", ""))
        if code in ERRORS:
            problem = _problem_of(error, answer.status)
            return Judgement(Verdict.WRONG, code, problem) if problem else Judgement(Verdict.REFUSED, code)
        if code in _NOT_FOUND[call.method]:
            return self._not_found(call, code, answer.status)
        return self._not_run(call, code, answer)

    def _not_run(self, call: Call, code: str, answer: Answer) -> Judgement:
        """An error that is not ours: right where the function may not be run so, or can't be with such arguments."""
        if code == READ_ONLY and answer.status == 405 and self._may_not_write(call):
            return Judgement(Verdict.REFUSED, code)
        expected = self._conversion_error(call)
        if code in CONVERSIONS and code == expected and answer.status == (413 if code in _NESTED else 400):
            return Judgement(Verdict.NOT_CONVERTED, code)
        return Judgement(Verdict.WRONG, code or str(answer.status), _told(answer))

    def _leaked(self, call: Call, answer: Answer) -> str | None:
        """Something of the other team's in an answer, which the caller had not sent."""
        if call.persona == "service_role":  # it may see every team
            return None
        text = answer.body.decode(errors="replace")
        if not any(secret in text for secret in self._scene.secrets()):
            return None
        sent = call.body(self._scene).decode()
        return next((one for one in self._scene.secrets() if one in text and one not in sent), None)

    def _not_found(self, call: Call, code: str, status: int) -> Judgement:
        """PostgREST's own answer: right only where the names of the arguments are wrong, or the body is."""
        rpc, given = self._rpcs[call.function], call.arguments
        is_right = (
            isinstance(given, dict)
            and set(given) <= set(rpc.arguments)
            and set(rpc.required) <= set(given)
            and not call.is_half_a_character()
        )
        if is_right or status not in (400, 404):
            return Judgement(Verdict.WRONG, code, "a call with the right arguments is not found")
        return Judgement(Verdict.NOT_FOUND, code)

    def _may_not_write(self, call: Call) -> bool:
        """Whether the request may only read, and the function says that it writes."""
        return call.method == "GET" and self._rpcs[call.function].is_volatile

    def _conversion_error(self, call: Call) -> str | None:
        """The SQLSTATE of converting the arguments; None when they can be converted."""
        if not isinstance(call.arguments, dict) or not call.arguments:
            return None
        rpc = self._rpcs[call.function]
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(rpc.arguments[name]))
            for name in call.arguments
            if name in rpc.arguments
        )
        query = sql.SQL("select a from json_to_record({}::json) as a ({})").format(sql.Placeholder(), columns)
        try:
            self._connection.execute(query, [call.body(self._scene).decode()])
        except psycopg.Error as error:
            return error.sqlstate
        return None


def _told(answer: Answer) -> str:
    """What went wrong, without what differs from call to call."""
    message = str(answer.error().get("message") or answer.body[:200].decode(errors="replace"))
    return f"status {answer.status}: {message.split(':', maxsplit=1)[0].split(chr(34), maxsplit=1)[0].strip()}"


def _problem_of(error: dict[str, Any], status: int) -> str | None:
    """What is wrong with a refusal of ours: its detail must be what the registry says."""
    if status != 400:
        return f"status {status}"
    if not error.get("message"):
        return "no message"
    try:
        detail = json.loads(error.get("details") or "")
    except ValueError:
        return "the detail is no JSON"
    if error["code"] != "OB001":
        return None if isinstance(detail, dict) else "the detail is no object"
    if not isinstance(detail, list):
        return "the detail is no list"
    complete = all(isinstance(one, dict) and {"code", "severity", "path", "message"} <= one.keys() for one in detail)
    return None if complete else "a problem lacks its code, severity, path or message"
