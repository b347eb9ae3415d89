"""The log: complete, in order, there before the answer is, and without secrets."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.workers.sandbox.harness import API_KEY, AUTH_TOKEN, WEBHOOK_SECRET, Ear, Running, RunSandbox
from workers.sandbox.journal import Journal

ANN = "+12025550101"


def test_whoever_has_an_answer_finds_the_entry(run_sandbox: RunSandbox) -> None:
    sandbox = run_sandbox(vapi_concurrency_limit=1000)

    def place(digit: int) -> bool:
        call = sandbox.call(f"+120255501{digit:02}").json()
        return any(entry["correlation"].get("resource") == call["id"] for entry in sandbox.log("request"))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(place, range(40)))
    entries = sandbox.log()
    assert [entry["seq"] for entry in entries] == list(range(1, 41))
    assert sum(entry["taken"] for entry in entries) == 40


def test_an_entry_tells_the_whole_story(sandbox: Running, ear: Ear) -> None:
    sandbox.script(ANN, calls=[{"outcome": "busy"}])
    sandbox.call(ANN, server=f"{ear.url}/vapi?x=1")
    sandbox.advance("PT1H")
    request, *webhooks = sandbox.log()
    assert request["kind"] == "request"
    assert (request["provider"], request["method"], request["path"]) == ("vapi", "POST", "/call")
    assert (request["status"], request["taken"], request["at"]) == (201, True, "2026-03-02T15:00:00.000Z")
    assert request["body"]["customer"]["number"] == ANN
    assert request["answer"]["status"] == "queued"
    about = {"to": ANN, "external_id": f"attempt of {ANN}", "attempt_id": f"attempt of {ANN}"}
    assert request["correlation"].items() >= about.items()
    assert len(webhooks) == len(ear.heard)
    for webhook in webhooks:
        assert webhook["correlation"].items() >= about.items()
        assert (webhook["path"], webhook["query"], webhook["status"]) == (f"{ear.url}/vapi", "x=1", 200)
        assert webhook["sent_after"] == webhook["seq"] - 1
    assert [webhook["at"] for webhook in webhooks] == sorted(webhook["at"] for webhook in webhooks)


def test_no_secret_is_in_the_log(run_sandbox: RunSandbox, ear: Ear, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "log.jsonl"
    sandbox = run_sandbox(webhook_url=f"{ear.url}/in", log_path=path, vapi_server_url=ear.url)
    headers = {"X-Vapi-Secret": "my-own-secret", "Authorization": "Bearer my-own-token"}
    sandbox.call(ANN, assistantOverrides={"server": {"url": ear.url, "headers": headers}})
    sandbox.call(ANN, name=WEBHOOK_SECRET[:40])
    sandbox.text(ANN, Body=f"the key is {API_KEY}", StatusCallback=f"{ear.url}/s?token={AUTH_TOKEN}")
    sandbox.vapi.get("/call", headers={"authorization": "Bearer a-key-of-another-account", "cookie": "c=1"})
    sandbox.advance("PT1H")
    sandbox.stop()
    written = path.read_text()
    for secret in (API_KEY, AUTH_TOKEN, WEBHOOK_SECRET, "my-own-secret", "my-own-token", "a-key-of-another-account"):
        assert secret not in written
    assert {heard.headers.get("authorization") for heard in ear.heard} >= {"Bearer my-own-token"}
    assert len(written.splitlines()) == 4 + len(ear.heard)


def test_the_file_has_the_same_entries_and_is_continued(run_sandbox: RunSandbox, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    sandbox = run_sandbox(log_path=path)
    sandbox.call(ANN)
    sandbox.text(ANN)
    assert [json.loads(line) for line in path.read_text().splitlines()] == sandbox.log()
    sandbox.stop()
    with path.open("a") as file:
        file.write('{"seq": 99, "cut sho')
    again = run_sandbox(log_path=path)
    again.call(ANN)
    assert [entry["seq"] for entry in again.log()] == [3]
    assert again.control.get("/log", params={"after": 3}).json() == {"entries": [], "last": 3}


def test_the_log_is_read_in_parts(rehearsal: Running) -> None:
    start = rehearsal.control.get("/").json()["counts"]["log_last"]
    rehearsal.call(ANN)
    rehearsal.text(ANN)
    rehearsal.call(ANN)

    def read(**filters: object) -> list[int]:
        page = rehearsal.control.get("/log", params={"after": start, **filters}).json()  # type: ignore[dict-item]
        return [entry["seq"] - start for entry in page["entries"]]

    assert read() == [1, 2, 3]
    assert read(limit=2) == [1, 2]
    assert read(provider="twilio") == [2]
    assert read(kind="webhook") == []
    assert rehearsal.control.get("/log", params={"after": "x"}).status_code == 400


def test_a_reader_can_wait_for_the_next_entry(rehearsal: Running) -> None:
    last = rehearsal.control.get("/").json()["counts"]["log_last"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(rehearsal.control.get, "/log", params={"after": last, "wait": 15})
        rehearsal.call(ANN)
        assert [entry["seq"] for entry in waiting.result(10).json()["entries"]] == [last + 1]


def test_an_empty_journal_starts_at_one(tmp_path: Path) -> None:
    async def check() -> None:
        journal = Journal(tmp_path / "log.jsonl")
        assert (journal.last_seq, journal.after(0)) == (0, [])
        await journal.wait(0, 0.01)
        journal.close()

    asyncio.run(check())
