"""What the demo sets up before it launches: a stack of its own, a team, its accounts, a published workflow."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cli.api import Api
from cli.rehearsal import create_sandbox_team
from cli.stack.binaries import Kind
from cli.stack.stack import Options, Stack

WORKFLOW = Path(__file__).with_name("workflow.json")
CONTACTS = Path(__file__).with_name("contacts.csv")
START = "2027-03-01T14:00:00Z"
"""A Monday, nine in the morning in New York: campaign time starts here, whatever day it is."""
GRAIN_SECONDS = "60"
"""What happens within one minute of campaign time happens in one step: enough for people, and quick."""
TEAM = "Evergreen Heating & Air"


@dataclass(frozen=True)
class Scene:
    """A running stack with a team that is ready to launch."""

    stack: Stack
    connection: dict[str, Any]
    api: Api
    sandbox: httpx.Client
    team_id: str
    workflow_id: str
    phone_number_id: str

    def taken(self) -> dict[str, int]:
        """What the providers took, by their own log: calls, texts, and how many attempts of ours more than once."""
        counts = self.sandbox.get("/").raise_for_status().json()["counts"]
        return {
            "calls": counts["calls_taken"],
            "texts": counts["texts_taken"],
            "taken_twice": len(counts["attempts_taken_twice"]),
        }


@contextlib.contextmanager
def stack_of_its_own(postgres: Kind, progress: Callable[[str], None]) -> Iterator[tuple[Stack, dict[str, Any]]]:
    """A stack in a temporary folder; nothing of it is left afterwards, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="outbound-demo-"))
    stack = Stack(folder)
    # what is called from here, such as the import of an audience, finds this stack and not another
    with _environment(OUTBOUND_STACK_DIR=str(folder), OUTBOUND_SANDBOX_CLOCK_GRAIN_SECONDS=GRAIN_SECONDS):
        try:
            stack.up(Options(postgres=postgres), progress)
            yield stack, stack.status()
        finally:
            if (folder / "state.json").exists():
                stack.reset()
            else:
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def scene(stack: Stack, connection: dict[str, Any], speed: float) -> Iterator[Scene]:
    """A team with its accounts at the sandbox and a published workflow."""
    control = connection["sandbox_urls"]["control"]
    with (
        Api(connection["api_url"], connection["service_role_key"]) as api,
        httpx.Client(base_url=control, timeout=30, trust_env=False) as sandbox,
    ):
        # the clock stands until the campaign is launched
        sandbox.put("/clock", json={"mode": "manual", "at": START}).raise_for_status()
        sandbox.put("/clock", json={"mode": "manual", "speed": speed}).raise_for_status()
        team = create_sandbox_team(api, control, TEAM, "America/New_York")
        yield Scene(
            stack=stack,
            connection=connection,
            api=api,
            sandbox=sandbox,
            team_id=team.team_id,
            workflow_id=_publish_workflow(api, team.assistant_id),
            phone_number_id=team.phone_number_id,
        )


def _publish_workflow(api: Api, assistant_id: str) -> str:
    graph = json.loads(WORKFLOW.read_text().replace("ASSISTANT", assistant_id))
    workflow = api.rpc("create_workflow", p_name="Tune-up reminder")
    workflow_id = str(workflow["id"])
    api.rpc("save_workflow", p_workflow_id=workflow_id, p_graph=graph, p_revision=workflow["revision"])
    api.rpc("publish_workflow", p_workflow_id=workflow_id, p_note="Demo")
    return workflow_id
