"""Whatever is posted to the receiver, with the real database behind it: never a 5xx, and strangers leave a count."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.applications import Starlette

from cli.dev.fuzz.arguments import fill
from cli.dev.fuzz.scene import Scene, furnish, phone
from cli.dev.fuzz.values import documents, leaves, mutated, texts
from tests.support.databases import Targets
from tests.workers.memory_inbox import PUBLIC_URL, sign
from workers.config import Secrets, Settings
from workers.db import Database
from workers.metrics import Metrics
from workers.webhooks.app import Receiver, create_app

NOW = 1_803_920_400.0
SECRET, TOKEN, LEAD_TOKEN = "shared-secret", "auth-token", "lead-token"
SECRETS = Secrets({name: SecretStr(value) for name, value in {"VAPI_WEBHOOK": SECRET, "TWILIO": TOKEN}.items()})
LONGEST = 20_000
VAPI, STATUS, INBOUND = "/webhooks/vapi", "/webhooks/twilio/status", "/webhooks/twilio/inbound"
LEADS = f"/webhooks/leads/{LEAD_TOKEN}"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FUZZ = settings(
    max_examples=60, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@dataclass
class Door:
    """The receiver in this process, posted to without a socket."""

    runner: asyncio.Runner
    http: httpx.AsyncClient
    metrics: Metrics
    scene: Scene
    connection: psycopg.Connection[Any]

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        sent = {name.encode(): value.encode("utf-8", "replace") for name, value in headers.items()}
        return self.runner.run(self.http.post(path, content=body, headers=sent))

    def stored(self) -> tuple[int, int]:
        """How many events and leads there are."""
        row = self.connection.execute(
            "select (select count(*) from engine.events), (select count(*) from public.leads)"
        ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    def counted(self, provider: str, result: str) -> float:
        return self.metrics.value("webhooks_total", provider=provider, result=result)


@pytest.fixture(scope="module")
def door(targets: Targets) -> Iterator[Door]:
    with targets.copy() as copy, copy.connect(autocommit=True) as connection, asyncio.Runner() as runner:
        scene = furnish(connection)
        connection.execute(
            "update engine.lead_endpoints set token_hash = sha256(%s) where id = %s",
            [LEAD_TOKEN.encode(), scene.own.ids["endpoint"]],
        )
        url, metrics = copy.url("outbound_worker"), Metrics()
        options = Settings.load(database_url=url, webhook_public_url=PUBLIC_URL, webhook_max_bytes=LONGEST)
        database = Database(url, connections=1)
        runner.run(database.__aenter__())
        app: Starlette = create_app(Receiver(options, SECRETS, database, metrics=metrics, now=lambda: NOW))
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://receiver")
        yield Door(runner, http, metrics, scene, connection)
        runner.run(http.aclose())
        runner.run(database.__aexit__(None, None, None))


def signed(body: bytes, stamp: str, secret: str = SECRET) -> dict[str, str]:
    proof = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Signature": proof, "X-Timestamp": stamp}


def message(kind: str, **more: Any) -> dict[str, Any]:
    call = {"id": "call-1", "customer": {"number": phone(2001), "externalId": "{own.attempt}"}}
    return {"message": {"type": kind, "call": call, "timestamp": 1_803_920_400_000, **more}}


MESSAGES = [
    message("status-update", status="ended", endedReason="customer-busy"),
    message(
        "end-of-call-report", endedReason="customer-ended-call", summary="Spoke", analysis={"successEvaluation": "x"}
    ),
    message("tool-calls", toolCallList=[{"id": "t1", "name": "book_appointment", "parameters": {"day": "Monday"}}]),
]
CALLBACK = {"MessageSid": "SM1", "MessageStatus": "delivered", "From": phone(2000), "To": phone(2001), "ErrorCode": ""}
TEXT = {"MessageSid": "SM9", "From": phone(2001), "To": phone(2000), "Body": "Stop", "NumMedia": "0"}
LEAD = {"phone": "(646) 555-0177", "first_name": "Dana", "email": "d@example.com", "id": "7", "urgency": "high"}

pieces = st.one_of(documents, st.sampled_from(MESSAGES).flatmap(mutated))
raw = st.one_of(
    st.binary(max_size=200),
    documents.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([b"", b"[" * 9000, b'{"a":' * 3000, b"{}", b"null", b"\xff\xfe{}", b'{"message": {"type": NaN}}']),
    st.sampled_from([LONGEST, LONGEST + 1, 3 * LONGEST]).map(lambda size: b'{"a": "' + b"x" * size + b'"}'),
)
shown = st.one_of(
    st.sampled_from(["", SECRET[:-1], SECRET + "x", SECRET.upper(), "Bearer", "null", "sha256=", "0" * 64]),
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=255), max_size=40),
)
stamps = st.one_of(st.sampled_from([str(NOW), "", "nan", "inf", "-1", "1e999", "2027-03-01", str(NOW * 1000)]), shown)


@FUZZ
@given(
    path=st.sampled_from([VAPI, STATUS, INBOUND, f"{STATUS}?attempt=x", "/webhooks/leads", "/webhooks/leads/guessed"]),
    body=raw,
    proof=st.fixed_dictionaries(
        {},
        optional={
            "Authorization": shown.map(lambda value: f"Bearer {value}x"),
            "X-Vapi-Secret": shown,
            "X-Signature": shown,
            "X-Timestamp": stamps,
            "X-Twilio-Signature": shown,
            "X-Lead-Token": shown,
            "Content-Type": st.sampled_from(
                ["application/json", FORM["Content-Type"], "text/plain", "multipart/form-data"]
            ),
        },
    ),
)
def test_whoever_is_not_known_is_refused_and_leaves_only_a_count(
    door: Door, path: str, body: bytes, proof: dict[str, str]
) -> None:
    provider = path.split("/")[2]
    kinds = ("forged", "unreadable", "too_large")
    before, counts = door.stored(), sum(door.counted(provider, kind) for kind in kinds)
    answer = door.post(path, body, proof)
    assert (answer.status_code in (400, 401, 413), answer.content) == (True, b"")
    assert (answer.status_code == 413) == (len(body) > LONGEST)
    assert door.stored() == before
    assert sum(door.counted(provider, kind) for kind in kinds) == counts + 1


@FUZZ
@given(
    body=st.one_of(pieces.map(lambda value: json.dumps(value).encode()), raw),
    by=st.sampled_from(["secret", "bearer", "signature"]),
)
def test_a_message_of_any_shape_is_taken_or_refused(door: Door, body: bytes, by: str) -> None:
    body = json.dumps(fill(json.loads(body), door.scene)).encode() if b"{own." in body else body
    headers = {
        "secret": {"X-Vapi-Secret": SECRET},
        "bearer": {"Authorization": f"Bearer {SECRET}"},
        "signature": signed(body, str(int(NOW))),
    }[by]
    assert door.post(VAPI, body, headers).status_code in (200, 400, 413)


@FUZZ
@given(
    path=st.sampled_from([(STATUS, CALLBACK), (INBOUND, TEXT)]),
    changes=st.dictionaries(
        st.sampled_from([*CALLBACK, *TEXT, "Extra", "", "\x00"]), texts.map(lambda text: text[:2000]), max_size=4
    ),
)
def test_a_form_of_any_shape_is_taken_or_refused(
    door: Door, path: tuple[str, dict[str, str]], changes: dict[str, str]
) -> None:
    address, form = path
    account = "AC" + door.scene.own.team_id.replace("-", "")
    fields = {"AccountSid": account, **form, **changes}
    fields = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    headers = {"X-Twilio-Signature": sign(f"{PUBLIC_URL}{address}", fields, TOKEN), **FORM}
    assert door.post(address, urlencode(fields).encode(), headers).status_code in (200, 400)


@FUZZ
@given(
    lead=st.one_of(mutated(LEAD), documents, st.dictionaries(st.sampled_from([*LEAD, "data", "fields"]), leaves)),
    as_form=st.booleans(),
)
def test_a_lead_of_any_shape_is_taken_or_refused(door: Door, lead: Any, as_form: bool) -> None:
    if as_form and isinstance(lead, dict):
        pairs = {str(key): str(value) for key, value in lead.items()}
        body = urlencode(
            {key.encode("utf-8", "replace"): value.encode("utf-8", "replace") for key, value in pairs.items()}
        )
        answer = door.post(LEADS, body.encode(), FORM)
    else:
        answer = door.post(LEADS, json.dumps(lead).encode(), {})
    assert answer.status_code in (200, 400, 413, 422)
    assert answer.status_code != 422 or all(problem["code"] for problem in answer.json()["problems"])


@pytest.mark.parametrize("age", [-301, 301, 86_400, -86_400, 10**9])
def test_a_signature_that_was_overheard_is_good_for_its_time_alone(door: Door, age: int) -> None:
    body = json.dumps(message("status-update", status=f"overheard {age}")).encode()
    before = door.stored()
    assert door.post(VAPI, body, signed(body, str(int(NOW - age)))).status_code == 401
    assert door.stored() == before


def test_what_is_sent_again_in_its_time_is_stored_once(door: Door) -> None:
    body = json.dumps(message("status-update", status="replayed")).encode()
    headers = signed(body, str(int(NOW - 200)))
    (events, leads), first = door.stored(), door.post(VAPI, body, headers)
    again = [door.post(VAPI, body, headers) for _ in range(3)]
    assert [answer.status_code for answer in (first, *again)] == [200] * 4
    assert door.stored() == (events + 1, leads)


def test_a_signature_is_of_this_body_and_this_time(door: Door) -> None:
    body = json.dumps(message("status-update", status="of this body")).encode()
    headers = signed(body, str(int(NOW)))
    before = door.stored()
    for changed_body, changed in (
        (body + b" ", headers),
        (body, {**headers, "X-Timestamp": str(int(NOW) + 1)}),
        (body, signed(body, str(int(NOW)), "another secret")),
        (body, {"X-Signature": headers["X-Signature"]}),
    ):
        assert door.post(VAPI, changed_body, changed).status_code == 401
    assert door.stored() == before
