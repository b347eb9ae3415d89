"""Secrets that Supabase Vault keeps reach workers, and nobody else."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterator

import psycopg
import pytest

from tests.support.databases import Database
from tests.support.people import acting_as
from workers import logs
from workers.config import Secrets, Settings
from workers.db import Database as WorkerDatabase
from workers.vault import with_vault

# As on a hosted project: the extension's own schema, which its owner may read and nobody else.
VAULT = """
    create schema vault;
    create view vault.decrypted_secrets as
    select name, decrypted_secret from (values
        ('OUTBOUND_SECRET_ACME_VAPI', 'from-the-vault'), ('OUTBOUND_SECRET_ACME_VAPI_WEBHOOK', 'whsec-of-the-vault'),
        ('stripe_key', 'somebody-elses')
    ) as s (name, decrypted_secret);
    grant usage on schema vault to postgres;
    grant select on vault.decrypted_secrets to postgres;
"""


@pytest.fixture
def settings(database: Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("OUTBOUND_DATABASE_URL", database.url("outbound_worker"))
    monkeypatch.setenv("OUTBOUND_WEBHOOK_PUBLIC_URL", "https://hooks.example.com")
    return Settings.load()


@pytest.fixture
def logging_put_back() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before


def complete(settings: Settings, secrets: Secrets) -> Secrets:
    async def ask() -> Secrets:
        async with WorkerDatabase.from_settings(settings) as database:
            return await with_vault(database, settings, secrets, part="worker")

    return asyncio.run(ask())


def values(secrets: Secrets) -> dict[str, str]:
    return {name: secrets.get(name, "").get_secret_value() for name in ("ACME_VAPI", "ACME_TWILIO")}


@pytest.mark.usefixtures("logging_put_back")
def test_the_vault_wins_over_the_environment(
    database: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    given = Secrets.from_environment({"OUTBOUND_SECRET_ACME_VAPI": "old", "OUTBOUND_SECRET_ACME_TWILIO": "token"})
    assert values(complete(settings, given)) == {"ACME_VAPI": "old", "ACME_TWILIO": "token"}
    with database.connect(autocommit=True) as connection:
        connection.execute(VAULT)
    found = complete(settings, given)
    assert values(found) == {"ACME_VAPI": "from-the-vault", "ACME_TWILIO": "token"}
    assert {name: value.get_secret_value() for name, value in found.webhook_secrets().items()} == {
        "ACME_VAPI": "whsec-of-the-vault"
    }
    assert "stripe_key" not in repr(found)
    logs.get_logger("workers.test").info("sent", answer="it was from-the-vault, they said")
    assert "from-the-vault" not in capsys.readouterr().err


def test_nobody_reads_it_over_the_api(database: Database) -> None:
    with database.connect(autocommit=True) as connection:
        connection.execute(VAULT)
        for role in ("anon", "authenticated", "service_role"):
            with acting_as(connection, role=role), pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select * from engine.read_secrets()")
        with acting_as(connection, role="outbound_worker"):
            assert connection.execute("select count(*) from engine.read_secrets()").fetchone() == (2,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select * from vault.decrypted_secrets")


async def test_both_processes_ask_for_it(database: Database, settings: Settings) -> None:
    """They wait until it can be read, and say so."""
    with database.connect(autocommit=True) as connection:
        connection.execute(
            "create schema vault; create view vault.decrypted_secrets as"
            " select 'OUTBOUND_SECRET_' || 1 / (count(*) - count(*)) as name, '' as decrypted_secret from pg_class"
        )
    environment = {**os.environ, "OUTBOUND_DATABASE_URL": settings.database_url.get_secret_value()}
    for module in ("workers", "workers.webhooks"):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, env=environment, stderr=asyncio.subprocess.PIPE
        )
        assert process.stderr is not None
        try:
            line = await process.stderr.readline()
            while line and b'"event": "starting"' in line:
                line = await process.stderr.readline()
        finally:
            process.kill()
            await process.wait()
        assert b"database_not_ready" in line, line
        assert b"division by zero" in line, line
