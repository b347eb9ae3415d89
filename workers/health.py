"""A worker's health and numbers, over HTTP on loopback: `/healthz` and `/metrics`."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from workers import __version__
from workers.logs import get_logger
from workers.runner import Runner

log = get_logger(__name__)

STALE_SECONDS = 30
"""Without an answer from the database for this long, a worker does not work."""


def health_app(runner: Runner) -> Starlette:
    """The app that tells about a runner."""

    async def healthz(_: Request) -> Response:
        silent = runner.seconds_without_database
        healthy = silent < STALE_SECONDS
        body = {
            "status": "draining" if runner.stopping else "ok" if healthy else "database_silent",
            "worker": runner.worker,
            "version": __version__,
            "in_flight": runner.in_flight,
            "unrecorded": runner.unrecorded,
            "seconds_without_database": round(silent, 1),
        }
        return Response(json.dumps(body), 200 if healthy else 503, media_type="application/json")

    async def metrics(_: Request) -> Response:
        return PlainTextResponse(runner.metrics.render(), media_type="text/plain; version=0.0.4")

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics)])


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the process has its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int) -> AsyncIterator[int]:
    """Serve an app beside other work in this loop; gives the port."""
    server = _Server(uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, lifespan="off"))
    config = server.config
    listening = config.bind_socket()
    bound: int = listening.getsockname()[1]
    listening.listen()
    task = asyncio.create_task(server.serve(sockets=[listening]), name="health")
    try:
        yield bound
    finally:
        server.should_exit = True
        await task
        listening.close()
