"""People who come while a campaign is running: leads by both ways that there are, and new rows of a list.

Whoever brings one brings it again until it was taken: that the answer was lost does not mean that the lead was.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg

from cli.dev.faults.plan import Lead
from cli.dev.faults.scene import LEAD_SOURCE, Scene, row_of

PATIENCE_SECONDS = 20.0
AGAIN_SECONDS = 0.05

_INGEST = "select public.ingest_lead(%s, %s, %s, %s) as taken"
_IMPORT = "select public.import_audience_rows(%s, %s, p_partial => true) as taken"


@dataclass(frozen=True)
class Brought:
    """A lead, or a row, that was taken: between which moments, and what was answered."""

    lead: Lead
    asked_at: datetime
    answered_at: datetime
    lead_id: str | None
    is_duplicate: bool


class Arrivals:
    """Brings leads, and remembers what was answered."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.brought: list[Brought] = []

    async def bring(self, place: int) -> None:
        """Bring a lead of the plan, as often at once as that says."""
        lead = self._scene.plan.leads[place]
        if self._scene.plan.campaigns[lead.campaign].grows == "rows":
            await self._until_taken(lead, lambda: self._import(lead))
            return
        ways: list[Callable[[], Awaitable[dict[str, Any] | None]]] = [
            lambda: self._ingest(lead),
            lambda: self._post(lead),
        ]
        await asyncio.gather(*(self._until_taken(lead, ways[(place + turn) % 2]) for turn in range(lead.times)))

    async def _until_taken(self, lead: Lead, ask: Callable[[], Awaitable[dict[str, Any] | None]]) -> None:
        asked_at, deadline = datetime.now(UTC), time.monotonic() + PATIENCE_SECONDS
        while (taken := await ask()) is None:
            if time.monotonic() > deadline:
                msg = f"nobody takes {lead}"
                raise RuntimeError(msg)
            await asyncio.sleep(AGAIN_SECONDS)
        self.brought.append(
            Brought(lead, asked_at, datetime.now(UTC), taken.get("lead_id"), bool(taken.get("is_duplicate")))
        )

    async def _ingest(self, lead: Lead) -> dict[str, Any] | None:
        row = json.dumps(row_of(self._scene.plan.people[lead.person]))
        return await self._operate(_INGEST, self._scene.list_ids[lead.campaign], row, LEAD_SOURCE, lead.key)

    async def _import(self, lead: Lead) -> dict[str, Any] | None:
        rows = json.dumps([row_of(self._scene.plan.people[lead.person])])
        return await self._operate(_IMPORT, self._scene.list_ids[lead.campaign], rows)

    async def _operate(self, query: str, *arguments: Any) -> dict[str, Any] | None:
        """What was answered; `None` while Postgres is not there."""
        try:
            [row] = await self._scene.operate(query, *arguments)
        except psycopg.OperationalError:
            return None
        taken: dict[str, Any] = row["taken"]
        return taken

    async def _post(self, lead: Lead) -> dict[str, Any] | None:
        """Post it to the receiver; `None` when that says, or nobody does, that it is to come again."""
        body = row_of(self._scene.plan.people[lead.person]) | ({"lead_id": lead.key} if lead.key else {})
        try:
            async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
                answer = await client.post(self._scene.lead_urls[lead.campaign], json=body)
        except httpx.TransportError:
            return None
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return None
        taken = answer.raise_for_status().json()
        return {"lead_id": taken["lead_id"], "is_duplicate": taken["duplicate"]}
