"""Whoever has only docs/deploy.md gets from an empty Supabase-shaped database to a finished sandbox campaign."""

from __future__ import annotations

import configparser
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from cli.dev.databases import scratch_server
from cli.dev.project import ROOT
from cli.stack.shape import shape_database

PAGE = (ROOT / "docs" / "deploy.md").read_text()
CONTACTS = "cli/demo/contacts.csv"
SPEED = "--speed 20000"


def fences(kind: str) -> list[str]:
    """What stands in the page's blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.timeout(400)
def test_the_page_leads_to_a_finished_campaign(tmp_path: Path) -> None:
    for name in (".venv", "cli", "node_modules", "supabase"):
        (tmp_path / name).symlink_to(ROOT / name)
    # the same with fewer people, in less time
    (tmp_path / "few.csv").write_text("".join((ROOT / CONTACTS).read_text().splitlines(keepends=True)[:40]))
    with scratch_server() as server:
        shape_database(server.cluster, "hosted")
        url = server.url("hosted", "postgres")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OUTBOUND_")},
            "DATABASE_URL": url,
            "OUTBOUND_STACK_DIR": str(tmp_path / "stack"),
            "DO_NOT_TRACK": "1",
        }

        def follow(script: str) -> str:
            done = subprocess.run(
                ["bash", "-euc", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        push = next(line for line in fences("sh")[0].splitlines() if "db push" in line)
        follow(push)
        [role] = [block for block in fences("sql") if "with login password" in block]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(role.encode())
        server.cluster.allow_login("outbound_worker")
        environment["WORKER_DATABASE_URL"] = server.url("hosted", "outbound_worker")
        try:
            rehearsal = fences("sh rehearsal")[0]
            assert CONTACTS in rehearsal
            assert SPEED in rehearsal
            told = follow(rehearsal.replace(CONTACTS, "few.csv").replace(SPEED, "--speed 100000"))
        finally:
            follow(".venv/bin/outbound stack down")
    assert re.search(r"COMPLETED", told)
    assert "worker connection" in told


def test_the_units_start_what_there_is() -> None:
    for unit in (ROOT / "deploy").glob("*.service"):
        parsed = configparser.ConfigParser(strict=False, interpolation=None)
        parsed.optionxform = str  # type: ignore[assignment,method-assign] # systemd's keys have capitals
        parsed.read(unit)
        module = parsed["Service"]["ExecStart"].split(" -m ")[1]
        assert importlib.util.find_spec(f"{module}.__main__"), module
        assert unit.name in PAGE


def test_the_image_holds_what_its_command_needs(tmp_path: Path) -> None:
    """Built of nothing but what is copied, worker and receiver start, and miss their settings."""
    text = (ROOT / "deploy" / "Containerfile").read_text()
    copied = re.findall(r"^COPY (\S+) (\S+)$", text, flags=re.MULTILINE)
    assert {"requirements.txt", "workers"} <= {source for source, _ in copied}
    let_in = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    for source, target in copied:
        assert source in let_in
        assert (ROOT / source).exists()
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__"))
    [command] = re.findall(r"^CMD (.+)$", text, flags=re.MULTILINE)
    receiver = re.findall(r"^#.* outbound (python -m \S+)$", text, flags=re.MULTILINE)
    assert re.search(r"^FROM python:3\.11\b", text, flags=re.MULTILINE)
    for words in (json.loads(command), receiver[0].split()):
        assert words[0] == "python"
        done = subprocess.run(
            [sys.executable, "-P", *words[1:]], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True,
            text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 1
        assert "OUTBOUND_DATABASE_URL is not set" in done.stderr, done.stderr


def test_every_instance_that_the_page_names_has_a_port_of_its_own() -> None:
    first, last = (int(number) for number in re.findall(r"Instances are (\d+) to (\d+)", PAGE)[0])
    ports = []
    for unit in (ROOT / "deploy").glob("*.service"):
        [port] = re.findall(r"^Environment=OUTBOUND_PORT=(\S+)$", unit.read_text(), flags=re.MULTILINE)
        ports += [int(port.replace("%i", str(i))) for i in (range(first, last + 1) if "%i" in port else [0])]
    assert len(set(ports)) == len(ports) == 1 + last - first + 1
    assert all(1024 <= port <= 65535 for port in ports)
    named = re.findall(r"enable --now (.*)", PAGE)[0]
    assert all(first <= int(instance) <= last for instance in re.findall(r"@(\d+)", named))
