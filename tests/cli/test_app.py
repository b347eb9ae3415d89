"""The frame of the command line: how commands are found, how refusals are printed, what the exit status says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cli.api import Api
from cli.app import run
from cli.errors import CommandError
from cli.output import print_error, print_table
from tests.support.stacks import OUTBOUND, OwnStack


@pytest.fixture
def nowhere(tmp_path: Path) -> OwnStack:
    return OwnStack(tmp_path / "none")


def test_help_lists_the_groups(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "stack" in shown
    assert "sandbox" in shown
    assert "settings" not in shown  # a module that is no command


@pytest.mark.parametrize("arguments", [["nosuch"], ["app"], ["stack", "nosuch"], ["stack", "up", "--nosuch"], ["../x"]])
def test_a_wrong_use_is_exit_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Error" in capsys.readouterr().err


def test_a_refusal_shows_code_problems_and_hint_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(
        CommandError(
            "The file cannot be imported.",
            code="OB001",
            hint="Mend the rows and try again.",
            detail=[{"code": "phone_invalid", "message": "is no [number]", "row": 3, "column": "phone"}],
        )
    )
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        "OB001: The file cannot be imported.\n"
        "  row 3, column phone: is no [number] [phone_invalid]\n"
        "Mend the rows and try again.\n"
    )


def test_a_refusal_names_what_depends_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    used_by = [{"id": "42", "name": "Spring [1]", "status": "ACTIVE"}, {"id": "43"}]
    print_error(CommandError("It is in use.", code="OB005", detail={"entity": "workflow", "used_by": used_by}))
    assert capsys.readouterr().err == "OB005: It is in use.\n  Spring [1] (ACTIVE) 42\n  used by 43\n"


def test_an_id_is_never_folded(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.output.console.width", 60)
    ident = "0193b0f2-7c4e-7d3a-9b1e-2f6a8c0d4e11"
    print_table(("id", "name"), [(ident, "long " * 20)], whole=("id",))
    assert ident in capsys.readouterr().out


def test_cells_are_never_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name",), [["[bold]Ann[/bold]"], [None]])
    assert "[bold]Ann[/bold]" in capsys.readouterr().out


def test_without_a_stack_the_way_out_is_said(nowhere: OwnStack) -> None:
    refused = nowhere.run("stack", "user", "list")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.endswith("Start it with: outbound stack up\n")


def test_it_starts_without_loading_the_product() -> None:
    script = "import sys; from cli.app import run; run(['stack', '--help']); print(sorted(sys.modules))"
    loaded = subprocess.run(
        [OUTBOUND.with_name("python"), "-c", script], capture_output=True, text=True, check=True, env=dict(os.environ)
    ).stdout
    assert "'cli.stack.commands'" in loaded
    assert "'workers.runner'" not in loaded


def test_a_terminal_without_unicode_is_no_reason_to_fail(tmp_path: Path) -> None:
    for name, label in (("from", "Ünal"), ("to", "予約 📞")):
        node = {"id": "a", "type": "trigger", "data": {"label": label}}
        (tmp_path / name).write_text(json.dumps({"nodes": [node], "edges": []}))
    command = [str(OUTBOUND), "workflows", "diff", str(tmp_path / "from"), str(tmp_path / "to")]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    shown = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert b"label: ?nal ? ??? ??" in shown.stdout
    shown = subprocess.run([*command, "--json"], capture_output=True, env=environment, check=True)
    assert json.loads(shown.stdout.decode("ascii"))["nodes"]["changed"][0]["label"] == "予約 📞"


class _Answers(BaseHTTPRequestHandler):
    """Answers every request with what the test has put in."""

    status = 200
    body: bytes = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.status)
        self.send_header("content-length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with Api(f"http://127.0.0.1:{server.server_port}", "key") as client:
        yield client
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_refusal_of_the_database_keeps_its_code_detail_and_hint(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {
        "code": "OB006",
        "message": "Saved by someone else.",
        "details": '{"expected": 1, "actual": 2}',
        "hint": "Reload.",
    }
    monkeypatch.setattr(_Answers, "status", 400)
    monkeypatch.setattr(_Answers, "body", json.dumps(body).encode())
    with pytest.raises(CommandError) as refused:
        api.rpc("save_workflow", p_name="x")
    error = refused.value
    assert (error.code, error.message, error.hint) == ("OB006", "Saved by someone else.", "Reload.")
    assert error.detail == {"expected": 1, "actual": 2}


def test_a_function_that_is_not_there_is_a_matter_of_releases(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a command of this release meets it on a database of the one before."""
    body = {
        "code": "PGRST202",
        "message": "Could not find the function public.create_campaign(p_name, p_retry_budget) in the schema cache",
        "details": "Searched for the function public.create_campaign with parameters p_name, p_retry_budget or …",
        "hint": "Perhaps you meant to call the function public.create_campaign(p_name)",
    }
    monkeypatch.setattr(_Answers, "status", 404)
    monkeypatch.setattr(_Answers, "body", json.dumps(body).encode())
    with pytest.raises(CommandError, match="create_campaign") as refused:
        api.rpc("create_campaign", p_name="x", p_retry_budget=10)
    assert refused.value.code == "PGRST202"
    assert "another release" in (refused.value.hint or "")
    assert "Perhaps" not in f"{refused.value.hint} {refused.value.detail}"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"details": "text"}'])
def test_an_answer_that_is_no_refusal_of_ours_is_still_one_sentence(
    api: Api, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(_Answers, "status", 502)
    monkeypatch.setattr(_Answers, "body", body)
    with pytest.raises(CommandError, match="502"):
        api.rpc("anything")


def test_an_rpc_that_returns_nothing_is_none(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Answers, "status", 204)
    monkeypatch.setattr(_Answers, "body", b"")
    assert api.rpc("anything") is None


def test_a_project_that_does_not_answer_is_named() -> None:
    with Api("http://127.0.0.1:1", "key") as unreachable, pytest.raises(CommandError, match="does not answer"):
        unreachable.rpc("anything")


def test_a_command_that_is_told_to_end_cleans_up_behind_itself(tmp_path: Path) -> None:
    script = (
        "import sys, time, cli.app as app\n"
        "def run(_):\n"
        "    try:\n"
        "        print('working', flush=True)\n"
        "        time.sleep(60)\n"
        "    finally:\n"
        "        open(sys.argv[1], 'w').close()\n"
        "app.run = run\n"
        "app.main()\n"
    )
    done = tmp_path / "cleaned"
    with subprocess.Popen([OUTBOUND.with_name("python"), "-c", script, done], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=30) == 128 + signal.SIGTERM
    assert done.exists()
