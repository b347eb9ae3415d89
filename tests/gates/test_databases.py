"""The servers that gates and tests share."""

from __future__ import annotations

import threading
import uuid

import psycopg
import pytest

from cli.dev import databases
from tests.support.databases import Targets
from tests.support.waiting import wait_until


def test_a_copy_waits_for_whoever_still_reads_the_template(targets: Targets) -> None:
    server = targets.server()
    template, copy = (f"w_{uuid.uuid4().hex[:12]}" for _ in range(2))
    server.cluster.create_database(template)
    try:
        with psycopg.connect(server.admin_url(template)):
            copying = threading.Thread(target=server.copy, args=(template, copy))
            copying.start()
            with server.cluster.connect() as connection:
                wait_until(lambda: _refused_or_asking(connection, copy), "the copy was asked for")
            assert not server.has(copy)
        copying.join(30)
        assert server.has(copy)
    finally:
        server.drop(copy)
        server.drop(template)


def _refused_or_asking(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute(
        "select count(*) from pg_stat_activity where query like %s and pid <> pg_backend_pid()",
        [f'create database "{name}"%'],
    ).fetchone()
    return row is not None and row[0] > 0


def test_servers_are_handed_to_another_process(targets: Targets, monkeypatch: pytest.MonkeyPatch) -> None:
    server = targets.server()
    for name, value in databases.hand_over({databases.SOURCE: server}).items():
        monkeypatch.setenv(name, value)
    (found,) = databases.handed_over().values()
    assert found.admin_url("postgres") == server.admin_url("postgres")
    assert found.has("postgres")
