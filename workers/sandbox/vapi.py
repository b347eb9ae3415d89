"""Vapi's HTTP API: authentication, routes, the shapes of its refusals."""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from workers.sandbox.stage import Stage
from workers.sandbox.vapi_calls import CallDesk, Refusal, correlation
from workers.sandbox.vapi_messages import ORG_ID, Call, call_json
from workers.sandbox.vapi_schema import parse_moment

UNAUTHORIZED = "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa."
CREATED_BEFORE_ALL = "2025-01-01T00:00:00.000Z"
DEFAULT_LIMIT, LONGEST_LIST = 100, 1000
FILTERS = frozenset({"id", "assistantId", "phoneNumberId", "limit"})

Handler = Callable[[Request, bytes], Response]


def gateway_error(status: int) -> Response:
    """What Vapi answers when it is Vapi that fails: JSON from the application, a page from the proxy before it."""
    if status == 500:
        return JSONResponse({"statusCode": 500, "message": "Internal server error"}, 500)
    return Response(f"<html><body><h1>{status}</h1></body></html>", status, media_type="text/html")


def too_many_requests(retry_after: int | None) -> Response:
    """What Vapi answers when requests come too fast."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return JSONResponse({"statusCode": 429, "message": "ThrottlerException: Too Many Requests"}, 429, headers=headers)


def about(_path: str, body: Any) -> dict[str, str]:
    """What a request is about, for the log and for faults."""
    return correlation(body)


class VapiApi:
    """The API of the account whose calls a desk keeps."""

    def __init__(self, desk: CallDesk, stage: Stage) -> None:
        self._desk = desk
        self._stage = stage
        self._api_key = stage.settings.vapi_api_key.get_secret_value()
        self.app = Router(
            [
                self._route("/call", "POST", self._place),
                self._route("/call", "GET", self._list),
                self._route("/call/{id}", "GET", self._get),
                self._route("/call/{id}", "DELETE", self._delete),
                self._route("/assistant", "GET", self._assistants),
                self._route("/phone-number", "GET", self._phone_numbers),
                Route("/{path:path}", _nothing_there, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
            ]
        )

    def _route(self, path: str, method: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            try:
                self._authenticate(request)
                return handler(request, body)
            except Refusal as refusal:
                return JSONResponse(refusal.body, refusal.status)

        return Route(path, endpoint, methods=[method])

    def _authenticate(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), self._api_key.encode()):
            raise Refusal(401, "Unauthorized", UNAUTHORIZED)

    def _place(self, _request: Request, body: bytes) -> Response:
        try:
            wanted = json.loads(body)
        except ValueError as problem:
            raise Refusal(400, "Bad Request", str(problem)) from problem
        return JSONResponse(self._desk.place(wanted), 201)

    def _list(self, request: Request, _body: bytes) -> Response:
        given = request.query_params
        bounds = {name: _bound(name, value) for name, value in given.items() if name.startswith(("created", "updated"))}
        unknown = [name for name in given if name not in FILTERS and name not in bounds]
        if unknown:
            raise Refusal(400, "Bad Request", [f"property {name} should not exist" for name in unknown])
        limit = _limit(given.get("limit"))
        calls = [call_json(call) for call in self._desk.all() if _matches(call, given, bounds)]
        return JSONResponse(calls[:limit])

    def _get(self, request: Request, _body: bytes) -> Response:
        return JSONResponse(call_json(self._desk.find(request.path_params["id"])))

    def _delete(self, request: Request, _body: bytes) -> Response:
        return JSONResponse(call_json(self._desk.cancel(request.path_params["id"])))

    def _assistants(self, request: Request, _body: bytes) -> Response:
        shown = [_saved(one.id) | {"name": one.name} for one in self._stage.account.assistants]
        return JSONResponse(shown[: _limit(request.query_params.get("limit"))])

    def _phone_numbers(self, request: Request, _body: bytes) -> Response:
        shown = [
            _saved(one.id) | {"provider": one.provider, "number": one.number, "name": one.name, "status": "active"}
            for one in self._stage.account.phone_numbers
        ]
        return JSONResponse(shown[: _limit(request.query_params.get("limit"))])


async def _nothing_there(request: Request) -> Response:
    message = f"Cannot {request.method} {request.url.path.removeprefix(request.scope.get('root_path', ''))}"
    return JSONResponse({"message": message, "error": "Not Found", "statusCode": 404}, 404)


def _saved(identifier: str) -> dict[str, Any]:
    return {"id": identifier, "orgId": ORG_ID, "createdAt": CREATED_BEFORE_ALL, "updatedAt": CREATED_BEFORE_ALL}


def _limit(given: str | None) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if not given.isdigit():
        raise Refusal(400, "Bad Request", ["limit must be a number conforming to the specified constraints"])
    if int(given) > LONGEST_LIST:
        raise Refusal(400, "Bad Request", [f"limit must not be greater than {LONGEST_LIST}"])
    return int(given)


def _bound(name: str, value: str) -> datetime:
    parsed = parse_moment(value)
    if parsed is None or name[:9] not in {"createdAt", "updatedAt"} or name[9:] not in {"Gt", "Ge", "Lt", "Le"}:
        raise Refusal(400, "Bad Request", [f"{name} must be a valid ISO 8601 date string"])
    return parsed


def _matches(call: Call, given: Any, bounds: dict[str, datetime]) -> bool:
    shown = {
        "id": call.id,
        "assistantId": call.request.get("assistantId"),
        "phoneNumberId": call.request.get("phoneNumberId"),
    }
    if any(name in given and given[name] != value for name, value in shown.items()):
        return False
    return all(_within(call, name, bound) for name, bound in bounds.items())


def _within(call: Call, name: str, bound: datetime) -> bool:
    """Compare as the API does: on the millisecond that it shows."""
    moment = call.created_at if name.startswith("created") else call.updated_at
    shown = moment.replace(microsecond=moment.microsecond // 1000 * 1000).astimezone(UTC)
    comparison = {"Gt": shown > bound, "Ge": shown >= bound, "Lt": shown < bound, "Le": shown <= bound}
    return comparison[name[9:]]
