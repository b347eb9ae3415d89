from __future__ import annotations

import json
import logging

import pytest

from workers import logs
from workers.config import Secrets, Settings, redactor
from workers.errors import ConfigurationError, OutboundError
from workers.redaction import REDACTED, Redactor

DATABASE_URL = "postgresql://outbound_worker:p4ssw0rd-of-the-role@127.0.0.1:5432/postgres"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("OUTBOUND_DATABASE_URL", DATABASE_URL)
    monkeypatch.setenv("OUTBOUND_WEBHOOK_PUBLIC_URL", "https://hooks.example.com/")
    return monkeypatch


def test_missing_settings_are_named_with_what_they_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OUTBOUND_DATABASE_URL", raising=False)
    monkeypatch.delenv("OUTBOUND_WEBHOOK_PUBLIC_URL", raising=False)
    with pytest.raises(ConfigurationError) as refused:
        Settings.load()
    assert "OUTBOUND_DATABASE_URL is not set: the database" in str(refused.value)
    assert "OUTBOUND_WEBHOOK_PUBLIC_URL is not set: where providers reach" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OUTBOUND_CONCURRENCY", "none"),
        ("OUTBOUND_CONCURRENCY", "0"),
        ("OUTBOUND_QUEUES", "call,fax"),
        ("OUTBOUND_WEBHOOK_PUBLIC_URL", "ftp://hooks.example.com"),
        ("OUTBOUND_VAPI_BASE_URL", "https://api.vapi.ai/?key=hunter2"),
        ("OUTBOUND_RUN_TICK", "sometimes"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"{name} cannot be used") as refused:
        Settings.load()
    assert "hunter2" not in str(refused.value)


def test_settings_have_defaults_and_overrides_win(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("OUTBOUND_CONCURRENCY", "7")
    settings = Settings.load(concurrency=3, queues="text,text", port=None)
    assert (settings.concurrency, settings.queues, settings.port) == (3, ("text",), 0)
    assert settings.webhook_public_url == "https://hooks.example.com"
    assert settings.vapi_base_url == "https://api.vapi.ai"
    assert settings.host == "127.0.0.1"


def test_a_transaction_pooler_turns_listening_off(environment: pytest.MonkeyPatch) -> None:
    assert Settings.load().listens
    environment.setenv("OUTBOUND_TRANSACTION_POOLING", "true")
    assert not Settings.load().listens


def test_secrets_are_found_by_name_and_never_shown() -> None:
    secrets = Secrets.from_environment(
        {"OUTBOUND_SECRET_ACME_VAPI": "sk-live-1", "OUTBOUND_SECRET_ACME_VAPI_WEBHOOK": "whsec-1", "HOME": "/root"}
    )
    assert secrets.get("ACME_VAPI", "a key").get_secret_value() == "sk-live-1"
    assert {name: s.get_secret_value() for name, s in secrets.webhook_secrets().items()} == {"ACME_VAPI": "whsec-1"}
    assert "sk-live-1" not in repr(secrets)
    assert secrets.find("OTHER") is None
    with pytest.raises(
        ConfigurationError,
        match="OUTBOUND_SECRET_OTHER is set neither in Supabase Vault nor in the environment: it holds the key of the",
    ):
        secrets.get("OTHER", "the key of the other")


def test_settings_do_not_print_the_database_password(environment: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    assert "p4ssw0rd" not in repr(Settings.load())


def test_redaction_finds_secrets_by_key_and_by_value_at_any_depth() -> None:
    scrubbed = Redactor(["whsec-123456", "ab"]).scrub(
        {
            "call": {"server": {"url": "https://x", "headers": {"X-Vapi-Secret": "whsec-123456"}}},
            "note": ["it was whsec-123456, they said", "abacus"],
            "secret_name": "ACME_VAPI",
            "apiKey": "k",
            "credentials": [{"provider": "twilio", "authToken": "t"}],
            "password": "",
            "count": 3,
        }
    )
    assert scrubbed == {
        "call": {"server": {"url": "https://x", "headers": REDACTED}},
        "note": [f"it was {REDACTED}, they said", "abacus"],
        "secret_name": "ACME_VAPI",
        "apiKey": REDACTED,
        "credentials": REDACTED,
        "password": "",
        "count": 3,
    }


def test_logs_are_json_lines_without_secrets(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("OUTBOUND_SECRET_ACME_VAPI", "sk-live-123456")
    root = logging.getLogger()
    before = root.handlers, root.level
    try:
        logs.configure("info", redactor(Settings.load(), Secrets.from_environment()), part="worker")
        logs.get_logger("workers.test").info(
            "sent", url=DATABASE_URL, answer={"token": "t0ken", "text": "sk-live-123456"}
        )
        logging.getLogger("uvicorn.error").warning("could not use %s", "p4ssw0rd-of-the-role")
        try:
            raise ValueError(DATABASE_URL)
        except ValueError:
            logs.get_logger("workers.test").exception("failed")
    finally:
        root.handlers, root.level = before
    lines = capsys.readouterr().err.splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["event"] for event in events] == ["sent", f"could not use {REDACTED}", "failed"]
    assert {event["part"] for event in events} == {"worker"}
    assert {event["level"] for event in events} == {"info", "warning", "error"}
    for leak in ("p4ssw0rd", "sk-live-123456", "t0ken"):
        assert leak not in "\n".join(lines)


def test_errors_carry_what_the_database_said() -> None:
    refused = OutboundError.from_parts("OB004", "No such campaign.", '{"entity": "campaign", "id": null}', None)
    assert (refused.name, refused.detail, refused.hint) == ("not found", {"entity": "campaign", "id": None}, "")
    assert "OB004 (not found): No such campaign." in str(refused)
    assert OutboundError.from_parts("OB001", "Wrong.", "plain words", "Mend it.").detail == "plain words"
