"""What Vapi's `POST /call` accepts: every property by name, as its OpenAPI document lists them.

Vapi refuses what it does not know, at any depth, and names every problem at once. The parts that no outbound call of
this product uses (models, voices, transcribers …) are known by name and taken as they are.
"""

import math
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[str, Any], list[str]]

_E164 = re.compile(r"^\+[1-9]\d{6,14}$")
_NANP = re.compile(r"^\+1[2-9]\d{2}[2-9]\d{6}$")
_PLAIN = re.compile(r"^\+?[a-zA-Z0-9]+$")


def is_e164(value: str) -> bool:
    """A number that could be dialled: E.164, and for North America the shape of its numbers."""
    return bool(_NANP.match(value) if value.startswith("+1") else _E164.match(value))


def anything(_path: str, _value: Any) -> list[str]:
    """Known by name, taken as it is."""
    return []


def text(*, longest: int | None = None, shortest: int = 0) -> Check:
    """A string of a bounded length."""

    def check(path: str, value: Any) -> list[str]:
        if not isinstance(value, str):
            return [f"{path} must be a string"]
        if longest is not None and len(value) > longest:
            return [f"{path} must be shorter than or equal to {longest} characters"]
        if len(value) < shortest:
            return [f"{path} must be longer than or equal to {shortest} characters"]
        return []

    return check


def one_of(*allowed: str) -> Check:
    """One of a set of strings."""

    def check(path: str, value: Any) -> list[str]:
        return [] if value in allowed else [f"{path} must be one of the following values: {', '.join(allowed)}"]

    return check


def number(low: float, high: float) -> Check:
    """A number within bounds."""

    def check(path: str, value: Any) -> list[str]:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return [f"{path} must be a number conforming to the specified constraints"]
        if value < low:
            return [f"{path} must not be less than {low:g}"]
        return [f"{path} must not be greater than {high:g}"] if value > high else []

    return check


def flag(path: str, value: Any) -> list[str]:
    """True or false."""
    return [] if isinstance(value, bool) else [f"{path} must be a boolean value"]


def record(path: str, value: Any) -> list[str]:
    """An object with any properties."""
    return [] if isinstance(value, dict) else [f"{path} must be an object"]


def identifier(path: str, value: Any) -> list[str]:
    """A UUID."""
    try:
        uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        return [f"{path} must be a UUID"]
    return []


def moment(path: str, value: Any) -> list[str]:
    """A date and time in ISO 8601."""
    return [] if parse_moment(value) else [f"{path} must be a valid ISO 8601 date string"]


def parse_moment(value: Any) -> datetime | None:
    """The moment that a string names, if it names one with its offset from UTC."""
    try:
        parsed = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return parsed if parsed.tzinfo else None


def address(path: str, value: Any) -> list[str]:
    """The URL of a server."""
    try:
        url = urlsplit(value if isinstance(value, str) else "")
        good = url.scheme in {"http", "https"} and bool(url.hostname) and (url.port or 1) > 0
    except ValueError:
        good = False
    return [] if good else [f"{path} must be a URL address"]


def list_of(item: Check) -> Check:
    """A list, each entry checked."""

    def check(path: str, value: Any) -> list[str]:
        if not isinstance(value, list):
            return [f"{path} must be an array"]
        return [problem for index, entry in enumerate(value) for problem in item(f"{path}.{index}", entry)]

    return check


def shape(properties: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """An object with these properties and no others. A property that is null counts as not given."""

    def check(path: str, value: Any) -> list[str]:
        if not isinstance(value, dict):
            return [f"{path or 'body'} must be an object"]
        at = f"{path}." if path else ""
        problems = [f"{at}property {name} should not exist" for name in value if name not in properties]
        for name, check_property in properties.items():
            given = value.get(name)
            if given is not None:
                problems += check_property(f"{at}{name}", given)
            elif name in required:
                problems.append(f"{at}{name} should not be null or undefined")
        return problems

    return check


def known(*names: str) -> dict[str, Check]:
    """Properties that are known by name only."""
    return dict.fromkeys(names, anything)


BACKOFF_PLAN = shape(
    {
        "type": one_of("fixed", "exponential"),
        "maxRetries": number(0, 10),
        "baseDelaySeconds": number(0, 10),
        "excludedStatusCodes": list_of(number(100, 599)),
    },
    required=("type", "maxRetries", "baseDelaySeconds"),
)
SERVER = shape(
    {
        "url": address,
        "timeoutSeconds": number(1, 300),
        "credentialId": text(),
        "headers": record,
        "backoffPlan": BACKOFF_PLAN,
        "staticIpAddressesEnabled": flag,
        "encryptedPaths": list_of(text()),
    }
)
SERVER_MESSAGES = (
    "assistant.started", "assistant.speechStarted", "conversation-update", "end-of-call-report", "function-call",
    "hang", "language-changed", "language-change-detected", "model-output", "phone-call-control", "speech-update",
    "status-update", "transcript", 'transcript[transcriptType="final"]', "tool-calls", "transfer-destination-request",
    "handoff-destination-request", "transfer-update", "user-interrupted", "voice-input", "chat.created",
    "chat.deleted", "session.created", "session.updated", "session.deleted", "call.deleted", "call.delete.failed",
    "call.artifact.upload",
)  # fmt: skip
SENT_BY_DEFAULT = (
    "conversation-update", "end-of-call-report", "function-call", "hang", "speech-update", "status-update",
    "tool-calls", "transfer-destination-request", "handoff-destination-request", "user-interrupted",
    "assistant.started",
)  # fmt: skip
FIRST_MESSAGE_MODES = (
    "assistant-speaks-first",
    "assistant-speaks-first-with-model-generated-message",
    "assistant-waits-for-user",
)
ENABLED_PLAN = {"enabled": flag, "timeoutSeconds": number(1, 60), "messages": list_of(record)}
ANALYSIS_PLAN = shape(
    {
        "minMessagesThreshold": number(0, math.inf),
        "summaryPlan": shape(ENABLED_PLAN),
        "structuredDataPlan": shape({**ENABLED_PLAN, "schema": record}),
        "successEvaluationPlan": shape({**ENABLED_PLAN, "rubric": text()}),
        **known("structuredDataMultiPlan", "outcomeIds"),
    }
)
ASSISTANT_OVERRIDES = shape(
    {
        "firstMessage": text(),
        "firstMessageMode": one_of(*FIRST_MESSAGE_MODES),
        "firstMessageInterruptionsEnabled": flag,
        "serverMessages": list_of(one_of(*SERVER_MESSAGES)),
        "maxDurationSeconds": number(10, 43_200),
        "variableValues": record,
        "metadata": record,
        "name": text(longest=40),
        "voicemailMessage": text(longest=1000),
        "endCallMessage": text(longest=1000),
        "endCallPhrases": list_of(text(shortest=2, longest=140)),
        "server": SERVER,
        "analysisPlan": ANALYSIS_PLAN,
        "credentialIds": list_of(text()),
        "modelOutputInMessagesEnabled": flag,
        **known(
            "transcriber", "model", "voice", "voicemailDetection", "clientMessages", "backgroundSound",
            "transportConfigurations", "observabilityPlan", "credentials", "hooks", "tools:append", "compliancePlan",
            "backgroundSpeechDenoisingPlan", "artifactPlan", "startSpeakingPlan", "stopSpeakingPlan", "monitorPlan",
            "keypadInputPlan",
        ),
    }
)  # fmt: skip


def _customer(path: str, value: Any) -> list[str]:
    properties: dict[str, Check] = {
        "numberE164CheckEnabled": flag,
        "extension": text(longest=10),
        "assistantOverrides": ASSISTANT_OVERRIDES,
        "number": text(shortest=3, longest=40),
        "sipUri": text(),
        "name": text(longest=40),
        "email": text(longest=40),
        "externalId": text(longest=40),
        **known("squadOverrides"),
    }
    problems = shape(properties)(path, value)
    dialled = value.get("number") if isinstance(value, dict) else None
    if isinstance(dialled, str):
        strict = value.get("numberE164CheckEnabled") is not False
        if not (is_e164(dialled) if strict else _PLAIN.match(dialled)):
            problems.append(f"{path}.number must be a valid phone number in the E.164 format")
    return problems


CREATE_CALL = shape(
    {
        "assistantId": identifier,
        "assistantOverrides": ASSISTANT_OVERRIDES,
        "phoneNumberId": identifier,
        "customer": _customer,
        "customers": list_of(_customer),
        "customerId": identifier,
        "name": text(longest=40),
        "schedulePlan": shape({"earliestAt": moment, "latestAt": moment}, required=("earliestAt",)),
        **known(
            "assistantVersion", "transport", "assistant", "squadId", "squad", "squadOverrides", "workflowId",
            "workflow", "workflowOverrides", "phoneNumber",
        ),
    }
)  # fmt: skip
