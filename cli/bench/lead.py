"""`lead`: how long after a lead was posted the provider has the request to call, with workers that have nothing to do.

The receiver and the worker are the real ones, each a process of its own, over a database whose clock is the real one;
the lead goes through HTTP, its list, its campaign, the gate and the ledger. The provider stands in this process, to
know the moment. Peers hand a job that does nothing to a worker that waits for it.
"""

from __future__ import annotations

import http.client
import json
import queue
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import psutil
import psycopg

from cli.bench import rivals
from cli.bench.contract import Benchmark, Claim, Measurement, scaled
from cli.bench.data_api import running
from cli.bench.dispatch_scene import launch
from cli.bench.graphs import Graph, edge, node
from cli.bench.place import Database, Place
from cli.bench.timing import Times
from cli.errors import CommandError
from cli.stack.parts import Databases, make_secrets, url_of
from cli.stack.state import StackState

_LIMIT = 5.0
_PEER = "pgqueuer"
_PATIENCE_SECONDS = 30.0
_BETWEEN_SECONDS = 0.05  # after the database shows nothing any more, the worker has still to go back to waiting
_KEPT_SECONDS = 2.0
# Connections plan a statement with its values a few times before they keep a plan; so do those of the peer.
_WARM_UP = 20
_BUSY = """
    select exists (select from engine.jobs where status in ('READY', 'CLAIMED')) or exists (
        select from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state is distinct from 'idle'
            and backend_type = 'client backend'
    )
"""
# Somewhere it is the middle of the day.
_ZONES = (
    "Pacific/Honolulu", "America/Los_Angeles", "America/New_York", "Atlantic/Azores", "Europe/Berlin", "Asia/Dubai",
    "Asia/Dhaka", "Asia/Shanghai", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip


Arrivals = queue.SimpleQueue[tuple[str, float]]
"""Who was called, and when."""


class _Provider(BaseHTTPRequestHandler):
    """Takes every call, and notes when it came."""

    protocol_version = "HTTP/1.1"
    arrivals: Arrivals

    def do_POST(self) -> None:
        """A call to be made."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.arrivals.put((body["customer"]["number"], time.perf_counter()))
        answer = json.dumps({"id": str(uuid.uuid4()), "status": "queued"}).encode()
        self.send_response(201)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing: whoever measures reads the terminal."""


def measure(scale: float, place: Place) -> Measurement:
    """Post one lead after the other to processes that wait for them."""
    count = scaled(200, scale, 5)
    with place.database(is_sandbox=False) as database, tempfile.TemporaryDirectory(prefix="outbound-bench-") as name:
        token = _set_scene(database)
        database.settle()
        place.say(f"Posting {count:,} leads …")
        with (
            _provider() as (port, arrivals),
            _processes(Path(name), database, port) as url,
            _posting(url, token, database) as post,
        ):
            times = Times([post(number, arrivals) for number in range(-_WARM_UP, count)][_WARM_UP:])
    peer = Times(rivals.pickup(place, _PEER, count + _WARM_UP)[_WARM_UP:]) if rivals.installed(_PEER) else None
    figures: dict[str, Any] = {
        "lead": {"median_ms": times.median_ms, "p95_ms": times.p95_ms},
        "load_average": round(psutil.getloadavg()[0], 1),
    }
    if peer is None:
        figures |= {"not_installed": _PEER, "to_measure_it": f"see the first lines of {rivals.PACKAGES.name}"}
    else:
        figures[_PEER] = {"median_ms": peer.median_ms, "p95_ms": peer.p95_ms}
    return Measurement(
        claims=[Claim(f"p95 against the p95 of {_PEER}", None if peer is None else times.p95 / peer.p95, _LIMIT)],
        sizes={"leads": count},
        figures=figures,
    )


def _set_scene(database: Database) -> str:
    """A campaign that calls whoever comes into its list; the token of the list's address."""
    team = database.make_team()
    with database.connect("supabase_admin") as admin:
        made = admin.execute(
            "insert into public.audience_lists (team_id, name, source) values (%s, 'Leads', 'speed_to_lead')"
            " returning id",
            [team.id],
        ).fetchone()
        assert made is not None  # the statement inserts one row
    launch(database, team, made[0], _graph, is_continuous=True)
    with database.connect_as(team.admin_id) as person:
        endpoint = person.execute("select public.create_lead_endpoint(%s, 'bench')", [made[0]]).fetchone()
        assert endpoint is not None  # a function always answers
    return str(endpoint[0]["token"])


def _graph(assistant_id: UUID) -> Graph:
    call = node(
        "call",
        "call",
        label="Call",
        assistant_id=str(assistant_id),
        first_message="Hi {{first_name|there}}, you asked us.",
    )
    return {"nodes": [node("start", "trigger", label="Start"), call], "edges": [edge("start", "call", "any")]}


@contextmanager
def _provider() -> Iterator[tuple[int, Arrivals]]:
    arrivals: Final[Arrivals] = queue.SimpleQueue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Provider", (_Provider,), {"arrivals": arrivals}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, arrivals
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _processes(folder: Path, database: Database, provider_port: int) -> Iterator[str]:
    """A receiver and a worker; the receiver's address."""
    state = StackState(ports={"sandbox": provider_port})
    make_secrets(state)
    state.secrets |= {"VAPI": "bench", "VAPI_WEBHOOK": "bench"}
    urls = Databases(api="", auth="", worker=database.url("outbound_worker"))
    with running(folder, ("webhooks", "worker"), state, urls):
        yield url_of(state, "webhooks")


@contextmanager
def _posting(url: str, token: str, database: Database) -> Iterator[Callable[[int, Arrivals], float]]:
    """What posts a lead, as a system does that posts many: over a connection that it keeps."""
    address = urlsplit(url)
    assert address.hostname is not None  # a part of the stack has one
    with (
        closing(http.client.HTTPConnection(address.hostname, address.port, timeout=_PATIENCE_SECONDS)) as client,
        database.connect("supabase_admin") as admin,
    ):
        used = time.monotonic()

        def post(number: int, arrivals: Arrivals) -> float:
            nonlocal used
            _wait_until_idle(admin)
            if time.monotonic() - used > _KEPT_SECONDS:
                client.close()  # which the receiver may be doing as well; the next request opens it anew
            used = time.monotonic()
            return _post(client, f"/webhooks/leads/{token}", number, arrivals)

        yield post


def _wait_until_idle(admin: psycopg.Connection[Any]) -> None:
    """Wait until what the lead before has left to do is done: its call is recorded, and nobody is at anything."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        time.sleep(_BETWEEN_SECONDS)
        busy = admin.execute(_BUSY).fetchone()
        if busy == (False,):
            return
    raise CommandError(f"The worker was not idle within {_PATIENCE_SECONDS:g} seconds.")


def _post(client: http.client.HTTPConnection, path: str, number: int, arrivals: Arrivals) -> float:
    """Seconds from the beginning of a request with a lead to the arrival of the call at the provider."""
    place = number + _WARM_UP
    phone = f"+1{212 + place // 100}55501{place % 100:02}"
    lead = {"phone": phone, "first_name": "Pat", "timezone": daytime_zone(datetime.now(UTC)), "id": str(uuid.uuid4())}
    body = json.dumps(lead).encode()
    began = time.perf_counter()
    client.request("POST", path, body, {"content-type": "application/json"})
    answer = client.getresponse()
    said = answer.read().decode()
    if answer.status != HTTPStatus.OK:
        raise CommandError(f"The receiver answered {answer.status}.", detail=said)
    try:
        called, arrived = arrivals.get(timeout=_PATIENCE_SECONDS)
    except queue.Empty:
        raise CommandError(f"Nobody called {phone} within {_PATIENCE_SECONDS:g} seconds.", detail=said) from None
    if called != phone:
        raise CommandError(f"{called} was called instead of {phone}.")
    return arrived - began


def daytime_zone(now: datetime) -> str:
    """A zone in which the law lets people be called now, and in the next hour."""
    return min(_ZONES, key=lambda zone: abs(now.astimezone(ZoneInfo(zone)).hour - 13))


BENCHMARK = Benchmark(
    name="lead",
    measures="200 leads, one after the other, posted to the receiver until the provider has the request, receiver and "
    "worker idle; against the time in which an idle worker of pgqueuer picks up a job.",
    limit="p95 at most 5 x that of pgqueuer",
    run=measure,
)
