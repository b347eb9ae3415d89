"""What a worker needs: its connection, its secrets, its providers, and the receiver that providers reach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import psycopg

from cli.doctor.database import name_of
from cli.doctor.findings import Finding, ok, skipped, wrong
from workers.config import SECRET_PREFIX, WEBHOOK_SUFFIX, Secrets, Settings
from workers.db import Database
from workers.errors import ConfigurationError, DatabaseFaultError, DatabaseUnavailableError, OutboundError
from workers.providers.base import Lookup, Transport
from workers.providers.servicetitan import LocalLimiter, ServiceTitanClient, account_of
from workers.providers.twilio import TwilioClient
from workers.providers.vapi import KINDS, VapiClient

_ROLE = "outbound_worker"
_NOTIFIED_SECONDS = 3.0
_PATIENCE_SECONDS = 10.0
# What no provider ever gave away: that there is no such thing is said only to whoever may look.
_NO_CALL = str(UUID(int=0))
_NO_MESSAGE = "SM" + "0" * 32


async def connection(settings: Settings) -> Finding:
    """Whether a worker's connection works, and wakes it."""
    name = "worker connection"
    url = settings.database_url.get_secret_value()
    try:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=5) as session:
            [user, privileged] = await _one(
                session, "select current_user, rolsuper or rolbypassrls from pg_roles where rolname = current_user"
            )
            if user != _ROLE or privileged:
                return wrong(
                    name,
                    f"OUTBOUND_DATABASE_URL connects as {user}, who may do more than a worker should.",
                    f"Put {_ROLE} and its password into the URL.",
                )
            await _one(session, "select environment from engine.read_clock()")
            if settings.listens and not await _hears(session, url):
                return wrong(
                    name,
                    "It works, but NOTIFY does not arrive: this is a transaction pooler.",
                    "Set OUTBOUND_TRANSACTION_POOLING=true for workers, or use the direct or session connection.",
                )
    except psycopg.errors.UndefinedFunction:
        return wrong(name, "It works, but the engine is not there.", "Push the migrations with `supabase db push`.")
    except (psycopg.Error, OSError) as error:
        return wrong(
            name,
            f"The database does not let a worker in: {_without_secrets(str(error), url)}",
            f"Compare OUTBOUND_DATABASE_URL with the project's connection string and the password of {_ROLE}.",
        )
    how = "and NOTIFY wakes workers" if settings.listens else "by polling, without LISTEN"
    return ok(name, f"It works as {_ROLE}, {how}.")


async def _one(session: psycopg.AsyncConnection[Any], query: str) -> Sequence[Any]:
    row = await (await session.execute(query.encode())).fetchone()
    return row or ()


async def _hears(session: psycopg.AsyncConnection[Any], url: str) -> bool:
    """Whether the session hears of what another says. What it says itself comes back from a transaction pooler too."""
    channel = f"outbound_doctor_{uuid4().hex}"
    await session.execute(f"listen {channel}".encode())
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=5) as other:
        await other.execute(f"notify {channel}".encode())
    return bool([found async for found in session.notifies(timeout=_NOTIFIED_SECONDS, stop_after=1)])


def _without_secrets(text: str, url: str) -> str:
    password = urlsplit(url).password
    text = text.replace(url, "…")
    return " ".join((text.replace(password, "…") if password else text).split())


async def secrets_of(settings: Settings, given: Secrets) -> Secrets:
    """As a worker has them: Supabase Vault's among the environment's."""
    try:
        async with Database.from_settings(settings) as database:
            return given.updated(Secrets.from_environment(await database.read_secrets()))
    except (DatabaseUnavailableError, DatabaseFaultError, OutboundError):
        return given  # what is wrong with the connection is a finding of its own


async def accounts(
    integrations: Sequence[dict[str, Any]], settings: Settings, secrets: Secrets
) -> AsyncIterator[Finding]:
    """Whether the secrets of each account are there, and its provider takes them."""
    vapi = VapiClient(_transport(settings.vapi_base_url))
    twilio = TwilioClient(_transport(settings.twilio_base_url))
    titan = ServiceTitanClient.connect(settings.servicetitan_base_url, settings.servicetitan_auth_url, LocalLimiter())
    try:
        for account in integrations:
            name = f"secrets: {name_of(account)}"
            try:
                refusal = await _ask(account, secrets, vapi, twilio, titan)
            except ConfigurationError as missing:
                yield wrong(
                    name, f"{missing}.", f"Put {SECRET_PREFIX}… into Supabase Vault or the workers' environment."
                )
                continue
            if refusal:
                yield wrong(
                    name, f"Its provider does not take them: {refusal}", "Compare them with the provider's page."
                )
            else:
                yield ok(name, "They are there, and the provider takes them.")
                if account.get("named"):  # a database of 0.1.0 does not tell
                    yield await _named(account, secrets, vapi)
    finally:
        await vapi.aclose()
        await twilio.aclose()
        await titan.aclose()


async def _ask(
    account: dict[str, Any], secrets: Secrets, vapi: VapiClient, twilio: TwilioClient, titan: ServiceTitanClient
) -> str | None:
    """What the provider has against the account; it is asked for something that never was."""
    secret, reference = account["secret_name"], account["account_ref"]
    if account["provider"] == "vapi":
        secrets.get(f"{secret}{WEBHOOK_SUFFIX}", "what Vapi shows with its messages")
        return _refusal(await vapi.get_call(secrets.get(secret, "the API key of a Vapi account"), _NO_CALL))
    if account["provider"] == "twilio":
        token = secrets.get(secret, "the auth token of a Twilio account")
        return _refusal(await twilio.get_message(reference, token, _NO_MESSAGE))
    checks = await titan.tenant(account_of(secrets, secret, reference)).check()
    return "; ".join(f"{one.name}: {one.message}" for one in checks if not one.ok) or None


async def _named(account: dict[str, Any], secrets: Secrets, vapi: VapiClient) -> Finding:
    """Whether Vapi has the assistants and numbers that calls name: one with a wrong id pauses the account."""
    name, key = f"assistants and numbers: {name_of(account)}", secrets.get(account["secret_name"], "the API key")
    known = {kind: await vapi.list_ids(key, kind) for kind in KINDS}
    missing = [
        f"{one['kind'].replace('-', ' ')} {one['name']} ({one['id']})"
        for one in account["named"]
        if (ids := known[one["kind"]]) is not None and one["id"] not in ids
    ]
    if missing:
        return wrong(
            name,
            f"Vapi does not have {', '.join(missing)}.",
            "Set the right ids (`upsert_assistant`, `upsert_phone_number`), or connect the account that has them.",
        )
    if None in known.values():
        return skipped(name, "Vapi did not list all of its assistants and numbers.")
    return ok(name, f"Vapi has all {len(account['named'])} that calls name.")


def _refusal(found: Lookup) -> str | None:
    return (found.reason or "it does not answer") if found.found is None else None


def _transport(base_url: str) -> Transport:
    return Transport(base_url, connect_timeout=5, timeout=_PATIENCE_SECONDS, connections=1)


async def receiver(settings: Settings) -> Finding:
    """Whether the receiver is where providers find it. Nothing is posted: what nobody signed raises an alert."""
    name, url = "webhook receiver", settings.webhook_public_url
    cure = "OUTBOUND_WEBHOOK_PUBLIC_URL must be its address from outside, with TLS and the paths kept: docs/deploy.md."
    async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as client:
        try:
            health, hook = await asyncio.gather(client.get(f"{url}/healthz"), client.get(f"{url}/webhooks/vapi"))
        except httpx.HTTPError as error:
            return wrong(name, f"{url} does not answer ({type(error).__name__}).", cure)
    if hook.status_code != httpx.codes.METHOD_NOT_ALLOWED:
        return wrong(name, f"{url} is something else: /webhooks/vapi answers GET with {hook.status_code}.", cure)
    if health.status_code != httpx.codes.OK:
        return wrong(name, f"{url} answers that it is not well ({health.status_code}).", "Read the receiver's log.")
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in {"127.0.0.1", "localhost"}:
        return wrong(name, f"{url} answers, without TLS.", "Put it behind a proxy with TLS: secrets travel in headers.")
    return ok(name, f"{url} answers.")


def unknown(missing: ConfigurationError) -> Finding:
    """Nobody can look without the environment of a worker."""
    return skipped(
        "workers",
        f"{missing}.",
        "Run this with the environment of a worker: connection, secrets, providers and receiver were not looked at.",
    )
