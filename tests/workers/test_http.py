"""How exchanges that go wrong are read: on real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from tests.support.waiting import until
from tests.workers.wire import raw
from workers.deadline import Deadline
from workers.providers.base import Transport, Unanswered, clean, read_status, retry_after


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


async def post(url: str, patience: float = 5) -> httpx.Response | Unanswered:
    transport = Transport(url, timeout=patience)
    try:
        return await transport.send("POST", "/call", json={"a": 1})
    finally:
        await transport.aclose()


async def test_a_refused_connection_means_that_nothing_was_sent() -> None:
    answer = await post(f"http://127.0.0.1:{closed_port()}")
    assert isinstance(answer, Unanswered)
    assert not answer.sent
    result = answer.result()
    assert (result.verdict, result.scope, result.code) == ("try_later", "capacity", "connect_error")


async def test_a_name_that_does_not_resolve_means_that_nothing_was_sent() -> None:
    answer = await post("http://provider.invalid")
    assert isinstance(answer, Unanswered)
    assert answer.result().verdict == "try_later"


async def test_a_failed_tls_handshake_means_that_nothing_was_sent() -> None:
    async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
    async with server:
        answer = await post(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert isinstance(answer, Unanswered)
    assert answer.result().verdict == "try_later"


async def test_no_answer_in_time_leaves_the_fate_open() -> None:
    async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with raw(never) as url:
        answer = await post(url, patience=0.05)
    assert isinstance(answer, Unanswered)
    result = answer.result()
    assert (result.verdict, result.code) == ("unknown", "read_timeout")


async def test_an_answer_that_trickles_forever_is_given_up() -> None:
    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with raw(trickle) as url:
        transport = Transport(url, timeout=5)
        transport.longest = 0.2
        answer = await transport.send("POST", "/call", json={})
        await transport.aclose()
    assert isinstance(answer, Unanswered)
    assert answer.result().verdict == "unknown"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id": ',
        b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"id"',
        b"not HTTP at all\r\n\r\n",
    ],
    ids=["closed without a word", "closed in the body", "closed in a chunk", "garbage"],
)
async def test_a_connection_lost_after_sending_leaves_the_fate_open(said: bytes) -> None:
    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    async with raw(say) as url:
        answer = await post(url)
    assert isinstance(answer, Unanswered)
    assert answer.sent
    assert answer.result().verdict == "unknown"


@contextlib.asynccontextmanager
async def counting() -> AsyncIterator[tuple[str, set[asyncio.StreamWriter]]]:
    """A provider that answers everything, and the connections that it has."""
    connections: set[asyncio.StreamWriter] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"{}"):
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        connections.discard(writer)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connections


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_request_that_is_cancelled_leaves_its_line_free() -> None:
    """At whichever of its steps, once or twice; others wait for a line meanwhile, and no connection stays open."""
    async with counting() as (url, connections):
        transport = Transport(url, connections=2)
        for steps, again in itertools.product(range(40), range(4)):
            asked = [asyncio.create_task(transport.send("POST", "/call", json={})) for _ in range(6)]
            await _turns(steps)
            for one in asked[::2]:
                one.cancel()
            await _turns(again)
            for one in asked[::2]:
                one.cancel()
            answers = await asyncio.gather(*asked, return_exceptions=True)
            assert [getattr(one, "status_code", one) for one in answers[1::2]] == [200] * 3
        await until(lambda: len(connections) <= 2)
        await transport.aclose()


async def test_a_process_that_was_frozen_leaves_no_request_half_sent() -> None:
    """It wakes up with every timeout over, wherever its requests were."""
    async with counting() as (url, connections):
        transport = Transport(url, connections=2)
        for steps in range(40):
            transport.longest = 0.01
            send_by = Deadline.after(0.01)
            asked = [asyncio.create_task(transport.send("POST", "/call", json={}, send_by=send_by)) for _ in range(3)]
            await _turns(steps)
            time.sleep(0.02)  # noqa: ASYNC251 -- that is the point
            await asyncio.gather(*asked)
        await until(lambda: len(connections) <= 2)
        transport.longest = 5.0
        assert isinstance(await transport.send("POST", "/call", json={}), httpx.Response)
        await transport.aclose()


async def test_no_line_in_time_means_that_nothing_was_sent() -> None:
    async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with raw(never) as url:
        transport = Transport(url, connections=1, connect_timeout=0.05, timeout=0.3)
        first, second = await asyncio.gather(*(transport.send("POST", "/call", json={}) for _ in range(2)))
        await transport.aclose()
    assert isinstance(first, Unanswered)
    assert isinstance(second, Unanswered)
    assert [(one.sent, one.code) for one in (first, second)] == [(True, "read_timeout"), (False, "pool_timeout")]


async def test_a_body_that_cannot_be_decompressed_leaves_the_fate_open() -> None:
    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")
        await writer.drain()

    async with raw(say) as url:
        answer = await post(url)
    assert isinstance(answer, Unanswered)
    assert answer.result().verdict == "unknown"


@pytest.mark.parametrize(
    ("status", "headers", "verdict", "scope"),
    [
        (301, {}, "refused", "configuration"),
        (307, {}, "refused", "configuration"),
        (400, {}, "refused", "job"),
        (401, {}, "refused", "account"),
        (402, {}, "refused", "account"),
        (403, {}, "refused", "account"),
        (404, {}, "refused", "configuration"),
        (405, {}, "refused", "configuration"),
        (408, {}, "unknown", "job"),
        (409, {}, "unknown", "job"),
        (410, {}, "refused", "job"),
        (413, {}, "refused", "job"),
        (422, {}, "refused", "job"),
        (425, {}, "try_later", "capacity"),
        (429, {}, "try_later", "capacity"),
        (451, {}, "refused", "job"),
        (500, {}, "unknown", "job"),
        (502, {}, "unknown", "job"),
        (503, {}, "unknown", "job"),
        (503, {"Retry-After": "5"}, "try_later", "capacity"),
        (504, {}, "unknown", "job"),
        (520, {}, "unknown", "job"),
        (599, {}, "unknown", "job"),
    ],
)
def test_every_status_has_a_meaning(status: int, headers: dict[str, str], verdict: str, scope: str) -> None:
    answer = read_status(httpx.Response(status, headers=headers))
    assert (answer.verdict, answer.scope) == (verdict, scope)


@pytest.mark.parametrize("status", range(300, 600))
def test_no_status_other_than_success_is_taken_as_accepted(status: int) -> None:
    assert read_status(httpx.Response(status)).verdict in {"refused", "try_later", "unknown"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "999999"}, 86400),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Mon, 02 Mar 2026 15:00:30 GMT", "Date": "Mon, 02 Mar 2026 15:00:00 GMT"}, 30),
        ({"Retry-After": "Mon, 02 Mar 2026 14:00:00 GMT", "Date": "Mon, 02 Mar 2026 15:00:00 GMT"}, 0),
        ({"Retry-After": "Mon, 02 Mar 2026 15:01:00 GMT"}, 60),
    ],
)
def test_retry_after_is_understood_in_both_forms(headers: dict[str, str], seconds: float | None) -> None:
    now = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert retry_after(httpx.Response(429, headers=headers), now) == seconds


def test_words_are_cleaned_of_secrets_and_cut() -> None:
    assert clean("the key sk-1 \n is\x00 wrong", "sk-1", "") == "the key [redacted] is wrong"
    assert len(clean("x" * 9999)) == 500
