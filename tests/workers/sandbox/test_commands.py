"""`outbound sandbox …` and `python -m workers.sandbox`, as an operator uses them."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.app import run
from cli.stack.ports import free_port
from tests.workers.sandbox.harness import API_KEY, OURS, Running, wait_until
from workers.sandbox.faults import Fault
from workers.sandbox.people import Rates
from workers.sandbox.settings import SandboxSettings

PROJECT = Path(__file__).resolve().parents[3]
ANN = "+12025550101"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(rehearsal: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `outbound sandbox` against the module's sandbox: exit status, what was printed, what was complained of."""
    monkeypatch.setenv("OUTBOUND_SANDBOX_URL", str(rehearsal.control.base_url))

    def outbound(*words: str) -> tuple[int, str, str]:
        status = run(["sandbox", *words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return outbound


def test_status_shows_what_happened(command: Command, rehearsal: Running) -> None:
    rehearsal.call(ANN)
    rehearsal.call(ANN)
    status, out, _ = command("status")
    assert status == 0
    assert f"attempt of {ANN}" in out, "an attempt that was taken twice is named"
    counts = json.loads(command("status", "--json")[1])["counts"]
    assert counts["calls_taken"] >= 2


def test_the_log_is_printed_in_order(command: Command, rehearsal: Running) -> None:
    start = rehearsal.control.get("/").json()["counts"]["log_last"]
    rehearsal.call(ANN)
    rehearsal.text(ANN)
    status, out, _ = command("log", "--json", "--after", str(start))
    assert status == 0
    entries = [json.loads(line) for line in out.splitlines()]
    assert [entry["provider"] for entry in entries] == ["vapi", "twilio"]
    assert API_KEY not in out
    lines = command("log", "--after", str(start), "--provider", "vapi")[1].splitlines()
    assert len(lines) == 1
    assert "POST /call  201" in lines[0]
    assert "taken" in lines[0]


def test_faults_are_added_shown_and_cleared(command: Command) -> None:
    words = ("rate_limited", "--provider", "vapi", "--count", "2", "--set", "retry_after=7")
    assert command("faults", "add", *words)[0] == 0
    assert command("faults", "add", "drop_after", "--probability", "0.5")[0] == 0
    first, second = json.loads(command("faults", "--json")[1])["faults"]
    assert (first["kind"], first["provider"], first["count"], first["retry_after"]) == ("rate_limited", "vapi", 2, 7)
    assert (second["kind"], second["probability"]) == ("drop_after", 0.5)
    assert "drop_after" in command("faults")[1]
    status, _, err = command("faults", "add", "lost", "--set", "colour=red")
    assert status == 1
    assert "colour" in err
    assert command("faults", "add", "lost", "--set", "colour")[0] == 2
    assert command("faults", "add", "flood")[0] == 2
    assert json.loads(command("faults", "clear", "--json")[1]) == {"faults": []}


def test_people_are_scripted_and_shown(command: Command) -> None:
    words = ("--call", "no_answer", "--call", "booked", "--reply", "STOP", "--after", "PT5M")
    assert command("people", "script", ANN, *words)[0] == 0
    shown = json.loads(command("people", "show", ANN, "--json")[1])
    assert [plan["outcome"] for plan in shown["next_calls"]] == ["no_answer", "booked", "booked"]
    assert shown["next_texts"][0]["replies"] == [{"after": "PT5M", "body": "STOP"}]
    assert "no_answer, booked, booked" in command("people", "show", ANN)[1]
    assert ANN in command("people")[1]
    assert json.loads(command("people", "--json")[1])["rates"] == Rates().model_dump()
    assert command("people", "text", ANN, "STOP", "--to", OURS)[0] == 0
    assert json.loads(command("people", "show", ANN, "--json")[1])["opted_out"]
    assert command("people", "text", ANN, "STOP", "--to", "+12025550199")[0] == 1
    assert command("people", "script", ANN, "--clear")[0] == 0
    assert json.loads(command("people", "show", ANN, "--json")[1])["script"] is None
    assert command("people", "show", "911")[0] == 1


def test_the_clock_is_shown_and_moved(command: Command) -> None:
    before = json.loads(command("clock", "--json")[1])
    after = json.loads(command("clock", "--advance", "PT1H", "--json")[1])
    assert before["mode"] == after["mode"] == "manual"
    assert after["at"] > before["at"]
    assert "manual" in command("clock")[1]
    assert command("clock", "--at", "soon")[0] == 1


def test_without_a_sandbox_there_is_a_way_out(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTBOUND_SANDBOX_URL", f"http://127.0.0.1:{free_port()}/control")
    status, out, err = command("status")
    assert (status, out) == (1, "")
    assert "outbound sandbox serve" in err


@pytest.mark.parametrize(
    "words", [("status",), ("log",), ("serve",), ("clock",), ("faults", "add"), ("people", "text")]
)
def test_help_has_an_example(command: Command, words: tuple[str, ...]) -> None:
    status, out, _ = command(*words, "--help")
    assert status == 0
    assert f"Example: outbound sandbox {' '.join(words)}" in re.sub(r"\s+", " ", out)


def environment(**given: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTBOUND_")}
    return {**kept, "COLUMNS": "200", **given}


@pytest.mark.parametrize("words", [["-m", "workers.sandbox"], ["-m", "cli.app", "sandbox", "serve"]])
def test_it_runs_as_a_process_and_stops_when_told(words: list[str], tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log.jsonl"
    given = environment(OUTBOUND_PORT=str(port), OUTBOUND_SANDBOX_LOG_PATH=str(log), OUTBOUND_SANDBOX_VAPI_API_KEY="k")
    command = (
        [sys.executable, "-c", "import cli.app; cli.app.main()", *words[2:]]
        if "cli.app" in words
        else [sys.executable, *words]
    )
    with subprocess.Popen(command, env=given, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        root = f"http://127.0.0.1:{port}"

        def healthy() -> Any:
            try:
                return httpx.get(f"{root}/health", timeout=1).is_success
            except httpx.TransportError:
                return False

        try:
            wait_until(healthy, "the sandbox to answer", seconds=60)
            assert httpx.get(f"{root}/vapi/assistant", headers={"authorization": "Bearer k"}).status_code == 200
            assert httpx.get(f"{root}/control/clock").json()["mode"] == "real", (
                "without a database it is the wall's time"
            )
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert len(log.read_text().splitlines()) == 1
    assert b"Traceback" not in err


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    given = environment(OUTBOUND_HOST="0.0.0.0", OUTBOUND_SANDBOX_CLOCK_MODE="warp", HOME=str(tmp_path))
    answer = subprocess.run(
        [sys.executable, "-m", "workers.sandbox"], env=given, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert "OUTBOUND_HOST: " in answer.stderr
    assert "loopback" in answer.stderr
    assert "OUTBOUND_SANDBOX_CLOCK_MODE: " in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_page_names_every_setting_fault_and_rate() -> None:
    page = (PROJECT / "docs" / "sandbox.md").read_text()
    written = set(re.findall(r"`(OUTBOUND_[A-Z_]+)`", page))
    known = {
        str(field.validation_alias or f"OUTBOUND_SANDBOX_{name.upper()}")
        for name, field in SandboxSettings.model_fields.items()
    }
    assert known | {"OUTBOUND_SANDBOX_URL"} == written
    schema = Fault.model_json_schema()["properties"]
    kinds = {kind for option in schema["kind"]["anyOf"] for kind in option["enum"]}
    for name in kinds | set(schema) | set(Rates.model_fields):
        assert f"`{name}`" in page, name
