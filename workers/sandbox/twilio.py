"""Twilio's HTTP API for messages: authentication, routes, the shapes of its refusals."""

import base64
import binascii
import hmac
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from workers.sandbox.stage import Stage
from workers.sandbox.twilio_messages import API_VERSION, Message, callback_parameters, message_json
from workers.sandbox.twilio_texts import RestError, TextDesk

DEFAULT_PAGE, LARGEST_PAGE = 50, 1000
BASE = f"/{API_VERSION}/Accounts/{{account}}"

Handler = Callable[[Request, bytes], Response]


def gateway_error(status: int) -> Response:
    """What Twilio answers when it is Twilio that fails."""
    error = RestError(20500 if status == 500 else 20503, "An internal server error has occurred", status)
    return JSONResponse(error.body, status)


def too_many_requests(retry_after: int | None) -> Response:
    """What Twilio answers when requests come too fast; such a request was never processed."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return JSONResponse(RestError(20429, "Too Many Requests", 429).body, 429, headers=headers)


def about(_path: str, body: Any) -> dict[str, str]:
    """What a request is about, for the log and for faults."""
    if not isinstance(body, dict):
        return {}
    return {key: value for key, value in {"to": body.get("To", "")}.items() if value} | callback_parameters(
        body.get("StatusCallback")
    )


class TwilioApi:
    """The API of the account whose texts a desk keeps."""

    def __init__(self, desk: TextDesk, stage: Stage) -> None:
        self._desk = desk
        self._token = stage.settings.twilio_auth_token.get_secret_value()
        self.app = Router(
            [
                self._route(f"{BASE}.json", "GET", self._account),
                self._route(f"{BASE}/Messages.json", "POST", self._send),
                self._route(f"{BASE}/Messages.json", "GET", self._list),
                self._route(f"{BASE}/Messages/{{sid}}.json", "GET", self._get),
                Route("/{path:path}", self._nothing_there, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
            ]
        )

    def _route(self, path: str, method: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            try:
                self._authenticate(request)
                return handler(request, body)
            except RestError as error:
                return JSONResponse(error.body, error.status)

        return Route(path, endpoint, methods=[method])

    def _authenticate(self, request: Request) -> None:
        sid, token = _basic(request.headers.get("authorization", ""))
        good = hmac.compare_digest(token.encode(), self._token.encode())
        if sid != self._desk.account_sid or not good:
            raise RestError(20003, "Authenticate", 401)
        if request.path_params["account"] != sid:
            raise _not_found(request)

    def _account(self, request: Request, _body: bytes) -> Response:
        return JSONResponse({"sid": request.path_params["account"], "friendly_name": "Sandbox", "status": "active"})

    def _send(self, _request: Request, body: bytes) -> Response:
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        return JSONResponse(message_json(self._desk.send(form), self._desk.account_sid), 201)

    def _get(self, request: Request, _body: bytes) -> Response:
        return JSONResponse(message_json(self._desk.find(request.path_params["sid"]), self._desk.account_sid))

    def _list(self, request: Request, _body: bytes) -> Response:
        given = request.query_params
        size = min(_whole(given.get("PageSize"), "PageSize", DEFAULT_PAGE, lowest=1), LARGEST_PAGE)
        page = _whole(given.get("Page"), "Page", 0)
        wanted = [message for message in self._desk.all() if _matches(message, list(given.multi_items()))]
        shown = wanted[page * size : (page + 1) * size]

        def uri(number: int) -> str:
            kept = [(key, value) for key, value in given.multi_items() if key not in {"Page", "PageSize", "PageToken"}]
            query = urlencode([*kept, ("PageSize", size), ("Page", number)])
            return f"/{API_VERSION}/Accounts/{self._desk.account_sid}/Messages.json?{query}"

        return JSONResponse(
            {
                "messages": [message_json(message, self._desk.account_sid) for message in shown],
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + max(0, len(shown) - 1),
                "uri": uri(page),
                "first_page_uri": uri(0),
                "previous_page_uri": uri(page - 1) if page else None,
                "next_page_uri": uri(page + 1) if (page + 1) * size < len(wanted) else None,
            }
        )

    @staticmethod
    async def _nothing_there(request: Request) -> Response:
        error = _not_found(request)
        return JSONResponse(error.body, error.status)


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password


def _not_found(request: Request) -> RestError:
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return RestError(20404, f"The requested resource {path} was not found", 404)


def _whole(given: str | None, name: str, default: int, lowest: int = 0) -> int:
    if given is None or not given:
        return default
    if not given.isdigit() or int(given) < lowest:
        raise RestError(20001, f"{name} must be a whole number of at least {lowest}")
    return int(given)


def _matches(message: Message, filters: list[tuple[str, str]]) -> bool:
    return all(_passes(message, name, value) for name, value in filters if value)


def _passes(message: Message, name: str, value: str) -> bool:
    if name == "To":
        return message.to == value
    if name == "From":
        return message.sender == value
    if not name.startswith("DateSent"):
        return True
    moment = (message.sent_at or message.created_at).astimezone(UTC)
    bound = _date(value)
    if not isinstance(bound, datetime):  # a day, in UTC
        day = moment.date()
        return {"DateSent": day == bound, "DateSent>": day >= bound, "DateSent<": day <= bound}.get(name, True)
    whole = moment.replace(microsecond=0)
    if name == "DateSent" and bound.time() == time():  # a day, as Twilio's libraries write one
        return whole.date() == bound.date()
    return {"DateSent": whole == bound, "DateSent>": whole >= bound, "DateSent<": whole <= bound}.get(name, True)


def _date(value: str) -> date | datetime:
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        parsed = datetime.fromisoformat(value)
    except ValueError as problem:
        raise RestError(20001, f"DateSent {value} is not a date") from problem
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
