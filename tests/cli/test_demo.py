"""The main job: a whole campaign on a stack of its own, which is gone afterwards, also when a worker dies in it."""

from __future__ import annotations

import csv
import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli.audiences import importing
from cli.audiences.importing import ImportRequest
from cli.campaigns.live import ENDED, look
from cli.demo.live import subject_of
from cli.demo.scene import Scene, scene, stack_of_its_own
from cli.stack.stack import Options
from tests.support.stacks import Outcome, OwnStack

SPEED = 100_000.0
PEOPLE = 36


@pytest.fixture(scope="module")
def contacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file with a few rows that cannot be used."""
    path = tmp_path_factory.mktemp("contacts") / "people.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Name", "Phone"])
        for n in range(PEOPLE):
            writer.writerow([f"Pat {n}", f"({('212', '305', '303')[n % 3]}) 555-01{n:02d}"])
        writer.writerow(["No Number", ""])
        writer.writerow(["Wrong Number", "123-456-7890"])
    return path


@pytest.fixture(scope="module")
def shown(contacts: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the demo says of that file to programs, once it has left nothing behind."""
    folder = tmp_path_factory.mktemp("demo")
    page = folder / "report.html"
    outcome = demo(folder, "--json", "--file", str(contacts), "--speed", str(SPEED), "--report", str(page))
    assert outcome.status == 0, outcome.err
    assert "Spring tune-ups" in page.read_text()
    assert left_behind(folder) == []
    return dict(outcome.json)


def test_the_demo_runs_a_campaign_and_leaves_nothing(shown: dict[str, Any]) -> None:
    assert shown["import"]["counts"]["added"] == shown["metrics"]["enrolled"] == PEOPLE
    assert shown["import"]["counts"]["rejected"] == 2
    assert shown["metrics"]["enrolled"] == sum(shown["metrics"][state] for state in ENDED)
    assert shown["providers"]["taken_twice"] == 0
    assert shown["providers"]["calls"] >= PEOPLE


def test_the_demo_tells_people_what_happens(contacts: Path, tmp_path: Path) -> None:
    outcome = demo(tmp_path, "--file", str(contacts), "--speed", str(SPEED))
    assert outcome.status == 0, outcome.err
    for words in ("The campaign", "By node", "Contacts over campaign time", "0 of them twice", "What to try next"):
        assert words in outcome.out


def test_a_file_that_nobody_can_be_called_from_is_refused(tmp_path: Path) -> None:
    """Files of every other kind are refused in the same place: see the tests of the import's commands."""
    path = tmp_path / "useless.csv"
    path.write_bytes(b"Name,Phone\nPat,123\n")
    outcome = demo(tmp_path, "--file", str(path))
    assert outcome.status == 1
    assert "1 of 1 rows cannot be used" in outcome.err
    assert "Traceback" not in outcome.err
    assert left_behind(tmp_path) == []


def test_a_file_that_cannot_be_used_is_told_before_anything_is_started(contacts: Path, tmp_path: Path) -> None:
    for option, path in (("--file", tmp_path / "nothing.csv"), ("--report", contacts)):
        outcome = demo(tmp_path, option, str(path))
        assert outcome.status == 1
        assert path.name in outcome.err


def test_a_worker_killed_in_the_middle_changes_no_total(contacts: Path, shown: dict[str, Any]) -> None:
    disturbed = run(contacts, kills=3)
    assert disturbed == totals(shown["metrics"], shown["nodes"], shown["providers"])


def run(contacts: Path, *, kills: int) -> dict[str, Any]:
    """The demo's campaign in which as many workers are killed; its totals."""
    with (
        stack_of_its_own("embedded", lambda _: None) as (stack, connection),
        scene(stack, connection, SPEED) as stage,
    ):
        imported = importing.run_import(stage.api, ImportRequest(contacts, "people", partial=True))
        campaign = stage.api.rpc(
            "create_campaign",
            p_name="Spring tune-ups",
            p_list_id=imported["list_id"],
            p_workflow_id=stage.workflow_id,
            p_phone_number_id=stage.phone_number_id,
        )
        stage.api.rpc("launch_campaign", p_campaign_id=campaign["id"])
        stage.sandbox.put("/clock", json={"mode": "auto"}).raise_for_status()
        killed = 0
        subject = subject_of(stage, campaign["id"])
        deadline = time.monotonic() + 150
        while (sample := look(subject)).metrics["status"] != "COMPLETED":
            assert time.monotonic() < deadline, sample
            # each time a little further on, and while something is on its way
            if killed < kills and sample.metrics["in_progress"] and sample.ended >= killed * PEOPLE // (kills + 1):
                kill_worker(stage)
                killed += 1
            time.sleep(0.02)
        assert killed == kills
        return totals(sample.metrics, sample.nodes, stage.taken())


def totals(metrics: dict[str, Any], nodes: list[dict[str, Any]], taken: dict[str, int]) -> dict[str, Any]:
    assert taken["taken_twice"] == 0
    contacts = {state: metrics[state] for state in ("enrolled", *ENDED)}
    return {"contacts": contacts, "nodes": {node["node_id"]: node["outcomes"] for node in nodes}} | taken


def kill_worker(stage: Scene) -> None:
    """SIGKILL, and another one in its place."""
    pid = next(part["pid"] for part in stage.stack.status()["parts"] if part["name"] == "worker")
    os.kill(pid, signal.SIGKILL)
    stage.stack.up(Options(postgres="embedded"))


def demo(folder: Path, *arguments: str) -> Outcome:
    """Run the command; its stack lives below the folder."""
    return OwnStack(folder / "unused").run("demo", *arguments, TMPDIR=str(folder))


def left_behind(folder: Path) -> list[Any]:
    """Processes and folders that the demo should have ended and removed."""
    found: list[Any] = list(folder.glob("outbound-demo-*"))
    for process in psutil.process_iter():
        try:
            if process.environ().get("OUTBOUND_STACK_DIR", "").startswith(str(folder)):
                found.append(process)
        except psutil.Error:
            continue
    return found
