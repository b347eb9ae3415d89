"""`/control/servicetitan`: what operators and tests see of the tenant and change in it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workers.sandbox.servicetitan_desk import TABLES, Desk
from workers.sandbox.servicetitan_query import Refusal
from workers.sandbox.settings import AREAS

Handler = Callable[[Request], Awaitable[Response]]


class TenantChange(BaseModel):
    """What the application may read; whether its tokens are good for nothing from now on."""

    model_config = ConfigDict(extra="forbid")

    scopes: tuple[str, ...] | None = None
    expire_tokens: bool = False

    @field_validator("scopes")
    @classmethod
    def _known(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is not None and not set(value) <= set(AREAS):
            msg = f"the scopes are {', '.join(AREAS)}"
            raise ValueError(msg)
        return value


class NewCustomer(BaseModel):
    """A customer to put in."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1)
    phone: str | None = None


class ServiceTitanControl:
    """The handlers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def table(self) -> list[tuple[str, str, Handler]]:
        """Path, method, handler."""
        return [
            ("/servicetitan", "GET", self.get_tenant),
            ("/servicetitan", "PUT", self.put_tenant),
            ("/servicetitan/customers", "POST", self.post_customer),
            ("/servicetitan/{table}/{id:int}", "GET", self.get_row),
            ("/servicetitan/{table}/{id:int}", "PATCH", self.patch_row),
        ]

    async def get_tenant(self, _request: Request) -> Response:
        """Who it is and what it holds. Asking draws the population."""
        world = await self._desk.world()
        return JSONResponse(
            {
                "tenant_id": self._desk.tenant_id,
                "scopes": sorted(self._desk.scopes),
                "tokens": len(self._desk.tokens),
                "holds_taken": self._desk.holds_taken,
                "rows": {name: len(getattr(world, name)) for name in TABLES},
            }
        )

    async def put_tenant(self, request: Request) -> Response:
        """Change what the application may do."""
        change = TenantChange.model_validate(await _body(request))
        if change.scopes is not None:
            self._desk.scopes = set(change.scopes)
        if change.expire_tokens:
            self._desk.tokens.clear()
        return await self.get_tenant(request)

    async def post_customer(self, request: Request) -> Response:
        """Put a customer in."""
        given = NewCustomer.model_validate(await _body(request))
        row = self._desk.add_customer(await self._desk.world(), given.name, given.phone)
        return JSONResponse(row.shown(), 201)

    async def get_row(self, request: Request) -> Response:
        """A row as it is, with what the API does not show: why an appointment is on hold."""
        table, row_id = _table(request), request.path_params["id"]
        row = getattr(await self._desk.world(), table).get(row_id)
        if row is None:
            raise HTTPException(404, f"There is no row {row_id} in {table}.")
        hidden = {"hold_reason_id": row.hold_reason_id, "hold_memo": row.hold_memo} if table == "appointments" else {}
        return JSONResponse(row.shown() | {"active": row.active} | hidden)

    async def patch_row(self, request: Request) -> Response:
        """Change a row by its fields' names in the API: complete a job, dispatch an appointment, merge a customer."""
        given = await _body(request)
        if not isinstance(given, dict) or not given:
            raise HTTPException(400, "Send the fields to set, by name.")
        world = await self._desk.world()
        try:
            row = self._desk.change(world, _table(request), request.path_params["id"], given)
        except Refusal as refused:
            raise HTTPException(refused.status, refused.title) from None
        return JSONResponse(row.shown() | {"active": row.active})


def _table(request: Request) -> str:
    table = str(request.path_params["table"]).replace("-", "_")
    if table not in TABLES:
        raise HTTPException(404, f"The tables are {', '.join(TABLES)}.")
    return table


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body() or b"{}")
    except ValueError as problem:
        raise HTTPException(400, f"The body is not JSON: {problem}") from problem
