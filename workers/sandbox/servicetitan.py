"""ServiceTitan's HTTP API: the token endpoint, what every request must show, routes, the shapes of its refusals."""

import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from workers.sandbox.gate import STRUCK
from workers.sandbox.servicetitan_desk import Desk, Queued
from workers.sandbox.servicetitan_lists import EXPORTS, LISTS, SINGLE
from workers.sandbox.servicetitan_query import (
    INVALID,
    Listing,
    Question,
    Refusal,
    answer,
    export_page,
    understand,
)
from workers.sandbox.servicetitan_reports import CATEGORIES, REPORTS, SETS, Report, find_report
from workers.sandbox.servicetitan_world import World
from workers.sandbox.settings import AREAS
from workers.sandbox.stage import Stage

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
NOT_FOUND = "The requested entity was not found"
QUEUED_ROWS = 500
"""A report of more rows is queued when it is asked for as a query."""

_PAGED = Listing("", {}, active=None, sorts=())


def gateway_error(status: int) -> Response:
    """What comes when ServiceTitan fails: its own words, or those of the gateway before it."""
    if status == 500:
        return Refusal(500, "An error occurred while processing your request.").response()
    return JSONResponse({"statusCode": status, "message": "The service is temporarily unavailable."}, status)


def too_many_requests(retry_after: int | None) -> Response:
    """What the gateway answers when requests come too fast; such a request was never processed."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return JSONResponse({"statusCode": 429, "message": "Rate limit is exceeded."}, 429, headers=headers)


def about(path: str, _body: Any) -> dict[str, str]:
    """What a request is about, for the log."""
    parts = [part for part in path.split("/") if part]
    if len(parts) < 6 or parts[2] != "tenant":
        return {}
    return {parts[4].removesuffix("s"): parts[5]} if parts[5].isdigit() else {}


class ServiceTitanApi:
    """The API of the tenant that a desk keeps."""

    def __init__(self, desk: Desk, stage: Stage) -> None:
        self._desk = desk
        self._stage = stage
        self.app = Router(
            [
                Route("/connect/token", self._token, methods=["POST"]),
                self._route("/{area}/v2/tenant/{tenant}/export/{feed:path}", ["GET"], self._export),
                self._route("/jpm/v2/tenant/{tenant}/appointments/{id}/hold", ["PUT"], self._hold),
                self._route("/jpm/v2/tenant/{tenant}/appointments/{id}/hold", ["DELETE"], self._release),
                self._route("/jpm/v2/tenant/{tenant}/jobs/{id}/notes", ["POST"], self._add_note),
                self._route("/jpm/v2/tenant/{tenant}/jobs/{id}/notes", ["GET"], self._notes),
                self._route("/reporting/v2/tenant/{tenant}/{rest:path}", ["GET"], self._reporting),
                self._route(
                    "/reporting/v2/tenant/{tenant}/report-category/{category}/reports/{id}/data", ["POST"], self._data
                ),
                self._route(
                    "/reporting/v2/tenant/{tenant}/report-category/{category}/reports/{id}/data/query",
                    ["POST"],
                    self._query,
                ),
                self._route("/{area}/v2/tenant/{tenant}/{rest:path}", ["GET"], self._read),
                self._route("/{area}/v2/tenant/{tenant}/{rest:path}", METHODS, self._nothing),
                Route("/{path:path}", _no_resource, methods=METHODS),
            ]
        )

    def _route(self, path: str, methods: list[str], handler: Callable[[Request, World], Awaitable[Response]]) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                self._let_in(request)
                return await handler(request, await self._desk.world())
            except Refusal as refusal:
                return refusal.response()

        return Route(path, endpoint, methods=methods)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
        try:
            return JSONResponse(self._desk.issue(form))
        except Refusal as refusal:
            return JSONResponse({"error": refusal.title}, refusal.status)

    def _let_in(self, request: Request) -> None:
        """Token, app key, tenant, scope, pace: in this order."""
        self._desk.authenticate(request.headers, expire="expired_token" in request.scope.get(STRUCK, ()))
        area = request.url.path.removeprefix(request.scope.get("root_path", "")).split("/")[1]
        if area not in AREAS or request.path_params["tenant"] != self._desk.tenant_id:
            raise Refusal(404, "Resource not found")
        if area not in self._desk.scopes:
            raise Refusal(403, f"The application has no scope for {area} of this tenant.")
        self._desk.admit()

    async def _read(self, request: Request, world: World) -> Response:
        area, rest = request.path_params["area"], request.path_params["rest"]
        listing = LISTS.get((area, f"/{rest}"))
        if listing:
            return JSONResponse(answer(world, listing, understand(listing, request.query_params.multi_items())))
        collection, _, row_id = rest.rpartition("/")
        table, missing = SINGLE.get((area, collection), ("", ""))
        row = getattr(world, table).get(int(row_id)) if table and row_id.isdigit() else None
        if row is None:
            raise Refusal(404, missing or "Resource not found")
        return JSONResponse(row.shown())

    async def _export(self, request: Request, world: World) -> Response:
        area, feed = request.path_params["area"], request.path_params["feed"]
        table = EXPORTS.get((area, feed))
        if table is None:
            raise Refusal(404, "Resource not found")
        given, size = request.query_params.multi_items(), self._stage.settings.servicetitan_export_page
        repeat = "repeated_rows" in request.scope.get(STRUCK, ())
        return JSONResponse(export_page(world, feed, table, given, self._desk.now(), size, repeat=repeat))

    async def _hold(self, request: Request, world: World) -> Response:
        visit = world.appointments.get(_id(request))
        if visit is None:
            raise Refusal(404, NOT_FOUND)
        self._desk.hold(world, visit, await _json(request))
        return Response(status_code=200)

    async def _release(self, request: Request, world: World) -> Response:
        visit = world.appointments.get(_id(request))
        if visit is None:
            raise Refusal(404, "Appointment was not found")
        self._desk.release(world, visit)
        return Response(status_code=200)

    async def _add_note(self, request: Request, world: World) -> Response:
        job = world.jobs.get(_id(request))
        if job is None:
            raise Refusal(404, NOT_FOUND)
        return JSONResponse(self._desk.add_note(job, await _json(request)))

    async def _notes(self, request: Request, world: World) -> Response:
        job = world.jobs.get(_id(request))
        if job is None:
            raise Refusal(404, NOT_FOUND)
        return JSONResponse(_slice(self._desk.notes.get(job.id, []), _question(request)))

    # --- reporting ----------------------------------------------------------------------------------------------------

    async def _reporting(self, request: Request, world: World) -> Response:
        match request.path_params["rest"].split("/"):
            case ["report-categories"]:
                rows: list[Any] = [{"id": one, "name": name} for one, name in CATEGORIES]
            case ["report-category", category, "reports"]:
                if category not in {one for one, _ in CATEGORIES}:
                    raise Refusal(404, "There is no such category")
                rows = [report.summary() for report in REPORTS if report.category == category]
            case ["report-category", category, "reports", report_id]:
                return JSONResponse(find_report(category, report_id).shown(world))
            case ["dynamic-value-sets", name]:
                return self._values(request, world, name)
            case ["data-queries", token]:
                return self._queued(token)
            case _:
                raise Refusal(404, "Resource not found")
        return JSONResponse(_slice(rows, _question(request)))

    @staticmethod
    def _values(request: Request, world: World, name: str) -> Response:
        if name not in SETS:
            raise Refusal(404, "There is no such dynamic value set")
        rows = [[row.id, row.name] for row in getattr(world, SETS[name]) if row.active]
        header = [{"name": "Value", "label": "Value"}, {"name": "Name", "label": "Name"}]
        return JSONResponse(_slice(rows, _question(request)) | {"fields": header})

    async def _data(self, request: Request, world: World) -> Response:
        return JSONResponse(await self._made(request, world))

    async def _query(self, request: Request, world: World) -> Response:
        made = await self._made(request, world)
        if len(made["data"]) <= QUEUED_ROWS:
            return JSONResponse(made)
        token = secrets.token_urlsafe(12)
        self._desk.queued[token] = Queued(made)
        return JSONResponse({"token": token}, 202)

    async def _made(self, request: Request, world: World) -> dict[str, Any]:
        report = find_report(request.path_params["category"], request.path_params["id"])
        question = _question(request, default=1000)
        given = report.read(await _json(request))
        # What is refused for its form costs nothing; what is made counts.
        self._desk.admit_report(f"{report.category}/{report.id}")
        return _slice(report.make(world, given), question) | {"fields": _columns(report)}

    def _queued(self, token: str) -> Response:
        waiting = self._desk.queued.get(token)
        if waiting is None:
            raise Refusal(404, NOT_FOUND)
        waiting.asked += 1
        if waiting.asked == 1:
            return JSONResponse({"token": token}, 202)
        return JSONResponse(waiting.answer)

    async def _nothing(self, _request: Request, _world: World) -> Response:
        raise Refusal(404, "Resource not found")


async def _no_resource(_request: Request) -> Response:
    return JSONResponse({"statusCode": 404, "message": "Resource not found"}, 404)


def _columns(report: Report) -> list[dict[str, str]]:
    return [{"name": name, "label": label} for name, label, _ in report.fields]


def _question(request: Request, default: int | None = None) -> Question:
    given = request.query_params.multi_items()
    if default and "pageSize" not in request.query_params:
        given.append(("pageSize", str(default)))
    return understand(_PAGED, given)


def _slice(rows: list[Any], question: Question) -> dict[str, Any]:
    start = (question.page - 1) * question.page_size
    return {
        "page": question.page,
        "pageSize": question.page_size,
        "hasMore": start + question.page_size < len(rows),
        "totalCount": len(rows) if question.with_total else None,
        "data": rows[start : start + question.page_size],
    }


def _id(request: Request) -> int:
    value = str(request.path_params["id"])
    if not value.isascii() or not value.isdigit():
        raise Refusal(400, INVALID, {"id": [f"The value '{value}' is not valid."]})
    return int(value)


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body() or b"null")
    except ValueError:
        raise Refusal(400, INVALID, {"": ["The request body is not valid JSON."]}) from None
