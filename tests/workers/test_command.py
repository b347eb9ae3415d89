from __future__ import annotations

import pytest

from cli.app import run


def test_the_command_names_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("OUTBOUND_DATABASE_URL", raising=False)
    monkeypatch.setenv("OUTBOUND_WEBHOOK_PUBLIC_URL", "https://hooks.example.com")
    assert run(["worker", "run"]) == 1
    said = capsys.readouterr().err
    assert "OUTBOUND_DATABASE_URL is not set" in said
    assert "OUTBOUND_WEBHOOK_PUBLIC_URL" not in said


def test_wrong_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["worker", "run", "--concurrency", "many"]) == 2
    assert "concurrency" in capsys.readouterr().err


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["worker", "run", "--help"]) == 0
    assert "Example: outbound worker run" in capsys.readouterr().out
