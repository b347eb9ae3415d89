"""`outbound servicetitan check` against the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from cli.app import run
from tests.workers.sandbox.conftest import start
from tests.workers.sandbox.harness import Running

CHECK = ("servicetitan", "check", "--secret", "ACME_ST", "--tenant", "900000001", "--json")
GIVEN = {"CLIENT_ID": "cid.acme-client", "CLIENT_SECRET": "cs1.acme-secret", "APP_KEY": "ak1.acme-key"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    keys: dict[str, Any] = {f"servicetitan_{name.lower()}": SecretStr(value) for name, value in GIVEN.items()}
    running = start(None, servicetitan_customers=20, **keys)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def environment(sandbox: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("OUTBOUND_STACK_DIR", str(tmp_path))
    for name in ("BASE", "AUTH"):
        monkeypatch.setenv(f"OUTBOUND_SERVICETITAN_{name}_URL", f"{sandbox.url}/servicetitan")
    for name, value in GIVEN.items():
        monkeypatch.setenv(f"OUTBOUND_SECRET_ACME_ST_{name}", value)
    sandbox.control.put(
        "/servicetitan", json={"scopes": ["crm", "jpm", "memberships", "settings", "marketing", "reporting"]}
    )
    return monkeypatch


def statuses(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    return {one["name"]: one["status"] for one in json.loads(capsys.readouterr().out)}


def test_a_good_account_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(CHECK) == 0
    found = statuses(capsys)
    assert set(found.values()) == {"ok"}
    assert len(found) == 9
    assert run(CHECK[:-1]) == 0
    assert "scope:reporting" in capsys.readouterr().out


def test_a_missing_scope_is_named_and_fails(sandbox: Running, capsys: pytest.CaptureFixture[str]) -> None:
    sandbox.control.put("/servicetitan", json={"scopes": ["crm", "jpm"]})
    assert run(CHECK) == 1
    assert [name for name, status in statuses(capsys).items() if status == "refused"] == [
        "scope:memberships", "scope:settings", "scope:marketing", "scope:reporting"
    ]  # fmt: skip


def test_wrong_credentials_are_named_and_not_shown(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("OUTBOUND_SECRET_ACME_ST_CLIENT_SECRET", "cs1.another-secret")
    assert run(CHECK) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)[0]["status"] == "refused"
    assert "another-secret" not in shown.out + shown.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--secret", "NOBODYS", "--tenant", "1"), "OUTBOUND_SECRET_NOBODYS_CLIENT_ID is set neither in"),
        (("--secret", "ACME_ST"), "needs its tenant id"),
        ((), "no local stack is up"),
    ],
)
def test_what_is_missing_is_named(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(("servicetitan", "check", *arguments)) == 1
    # people's output is wrapped to the width of the terminal
    assert said in " ".join(capsys.readouterr().err.split())
