"""Other job queues on the same server, each in an interpreter that has it: their packages are none of the product's.

    python3 -m venv .venv-peers && .venv-peers/bin/pip install -r requirements-peers.txt

A folder of that name in the project is found by itself; OUTBOUND_PEERS_PYTHON names another interpreter. Without one,
or without a package, a peer is not measured, and a benchmark says so: nothing is installed here.
"""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from pathlib import Path

from cli.bench.place import Place
from cli.dev.project import ROOT
from cli.errors import CommandError

PYTHON = "OUTBOUND_PEERS_PYTHON"
PACKAGES = ROOT / "requirements-peers.txt"
_FOLDER = Path(__file__).with_name("peers")
_PATIENCE_SECONDS = 600


def interpreter() -> Path | None:
    """The Python that has the peers' packages, if there is one."""
    named = os.environ.get(PYTHON)
    found = Path(named) if named else ROOT / ".venv-peers" / "bin" / "python"
    return found if found.exists() else None


def installed(peer: str) -> bool:
    """Whether this peer can be measured."""
    python = interpreter()
    if python is None:
        return False
    return subprocess.run([python, "-c", f"import {peer}"], capture_output=True, check=False).returncode == 0


def drain(place: Place, peer: str, jobs: int) -> float:
    """Seconds in which a peer works off so many jobs that do nothing, in a database of its own."""
    [seconds] = _run(place, peer, "drain", jobs)
    return seconds


def pickup(place: Place, peer: str, jobs: int) -> list[float]:
    """Seconds that each job waits for a worker that has nothing else to do."""
    return _run(place, peer, "pickup", jobs)


def _run(place: Place, peer: str, mode: str, jobs: int) -> list[float]:
    python = interpreter()
    if python is None:
        raise CommandError(f"There is no interpreter with {peer}.", hint=f"Set {PYTHON}, or make .venv-peers.")
    cluster, name = place.server.cluster, f"peer_{uuid.uuid4().hex[:12]}"
    cluster.create_database(name)
    try:
        command = [str(python), str(_FOLDER / f"{peer}_jobs.py"), place.server.admin_url(name), mode, str(jobs)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE_SECONDS)
    finally:
        cluster.drop_database(name)
    if ended.returncode:
        raise CommandError(f"{peer} could not be measured.", detail=ended.stderr[-1000:])
    times: list[float] = json.loads(ended.stdout.splitlines()[-1])["seconds"]
    return times
