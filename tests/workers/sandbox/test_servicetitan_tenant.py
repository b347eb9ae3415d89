"""The sandbox's tenant of ServiceTitan has every kind of case, and changes as a tenant does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import phonenumbers
import pytest

from tests.workers.sandbox.conftest import start
from tests.workers.sandbox.harness import START, Running, RunSandbox
from tests.workers.sandbox.titan import APP_KEY, CLIENT_ID, CLIENT_SECRET, GIVEN, Caller, scheduled
from workers.sandbox.faults import Fault
from workers.sandbox.servicetitan_world import World


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    running = start(**GIVEN)
    yield running
    running.stop()


@pytest.fixture
def tenant(shared: Running) -> Caller:
    assert shared.control.post("/reset").status_code == 200
    return Caller(shared)


def everything(tenant: Caller, feed: str, **query: Any) -> list[dict[str, Any]]:
    """All rows that an export gives now, repeats included."""
    rows: list[dict[str, Any]] = []
    while True:
        page = tenant.get("crm", f"/export/{feed}", **query).json()
        rows += page["data"]
        query["from"] = page["continueFrom"]
        if not page["hasMore"]:
            return rows


def test_one_seed_is_one_population_and_a_smaller_one_is_its_beginning() -> None:
    def people(seed: str, size: int) -> list[dict[str, Any]]:
        world = World(seed, size, START)
        assert list(world.fill()) or size < 250
        return [row.shown() for table in (world.customers, world.contacts, world.jobs) for row in table]

    assert people("a", 60) == people("a", 60)
    assert people("a", 60) != people("b", 60)
    assert [row for row in people("a", 100) if row in people("a", 60)] == people("a", 60)


def test_nobody_has_the_phone_numbers_but_they_could_be() -> None:
    world = World("outbound", 3000, START)
    assert list(world.fill())
    phones = [row for row in world.contacts if row.digits]
    for row in phones:
        assert row.digits is not None
        assert row.digits[3:8] == "55501"
        assert phonenumbers.is_valid_number(phonenumbers.parse(row.value, "US")), row.value
        assert phonenumbers.parse(row.value, "US").national_number == int(row.digits)
    assert len({"".join("9" if part.isdigit() else part for part in row.value) for row in phones}) >= 8
    first = {row.customer_id: row.digits for row in reversed(phones)}
    assert len(set(first.values())) == len(first), "customers' first numbers differ"


def test_the_population_has_every_kind_of_case() -> None:
    world = World("outbound", 3000, START)
    assert list(world.fill())
    assert {row.job_status for row in world.jobs} == {
        "Scheduled", "Dispatched", "InProgress", "Hold", "Completed", "Canceled"
    }  # fmt: skip
    assert {row.status for row in world.memberships} >= {"Active", "Suspended", "Expired", "Canceled"}
    assert any(row.do_not_service for row in world.customers)
    assert any(row.do_not_text for row in world.contacts)
    assert {row.marketing for row in world.contacts} == {True, False, None}
    merged = [row for row in world.customers if row.merged_to_id]
    assert merged
    assert all(row.active is False and world.customers.get(row.merged_to_id or 0) for row in merged)
    reachable = {row.customer_id for row in world.contacts if row.digits}
    assert any(row.id not in reachable for row in world.customers)
    for job in world.jobs:
        visits = world.visits_of(job.id)
        assert [visits[0].id, visits[-1].id] == [job.first_appointment_id, job.last_appointment_id]
        assert len(visits) == job.appointment_count


def test_exports_have_what_lists_leave_out(tenant: Caller) -> None:
    listed = tenant.get("crm", "/customers", pageSize=5000).json()["data"]
    exported = everything(tenant, "customers")
    assert len(exported) == 300 > len(listed)
    assert {row["id"] for row in exported if row["active"]} == {row["id"] for row in listed}
    assert [row["modifiedOn"] for row in exported] == sorted(row["modifiedOn"] for row in exported)
    assert any(row["mergedToId"] for row in exported)


def test_an_export_can_begin_at_a_day(tenant: Caller) -> None:
    day = (START - timedelta(days=200)).date().isoformat()
    wanted = [row["id"] for row in everything(tenant, "customers") if row["modifiedOn"] >= day]
    assert 0 < len(wanted) < 300
    assert [row["id"] for row in everything(tenant, "customers", **{"from": day})] == wanted


def test_a_token_is_good_for_its_own_export_only(tenant: Caller) -> None:
    token = tenant.get("crm", "/export/customers").json()["continueFrom"]
    assert tenant.get("crm", "/export/locations", **{"from": token}).status_code == 400


def test_recent_changes_come_when_asked_for_and_then_more_than_once(run_sandbox: RunSandbox) -> None:
    tenant = Caller(run_sandbox(**GIVEN))
    first = tenant.get("crm", "/export/customers", includeRecentChanges="true").json()
    second = tenant.get(
        "crm", "/export/customers", includeRecentChanges="true", **{"from": first["continueFrom"]}
    ).json()
    both = {row["id"] for row in first["data"]} & {row["id"] for row in second["data"]}
    assert both, "rows at the border of two pages come twice"

    tenant.control("PATCH", "/customers/1000001", {"name": "New"})
    assert 1000001 not in {row["id"] for row in everything(tenant, "customers")}
    assert 1000001 in {row["id"] for row in everything(tenant, "customers", includeRecentChanges="true")}
    tenant.running.advance("PT6M")
    tenant.headers["Authorization"] = f"Bearer {tenant.token()}"
    assert 1000001 in {row["id"] for row in everything(tenant, "customers")}


def test_a_fault_repeats_rows_and_another_ends_tokens(tenant: Caller) -> None:
    tenant.running.faults({"kind": "repeated_rows", "provider": "servicetitan"})
    assert len(everything(tenant, "customers")) > 300
    tenant.running.faults({"kind": "expired_token", "provider": "servicetitan", "path": "/crm/", "count": 1})
    assert tenant.get("settings", "/tag-types").status_code == 200
    assert tenant.get("crm", "/customers").status_code == 401
    assert tenant.get("settings", "/tag-types").status_code == 401, "the token is gone for good"


def test_a_fault_strikes_reads_of_servicetitan_and_posts_of_the_others() -> None:
    fault = Fault(kind="server_error")
    assert fault.is_about("servicetitan", "GET", "/crm/v2")
    assert not fault.is_about("vapi", "GET", "/call")
    assert fault.is_about("vapi", "POST", "/call")
    assert not Fault(kind="server_error", path="/hold").is_about("servicetitan", "GET", "/crm/v2")
    assert not Fault(kind="server_error", methods=("PUT",)).is_about("servicetitan", "GET", "/crm/v2")


def test_what_is_changed_has_a_new_version_and_moves_its_job(tenant: Caller) -> None:
    number = scheduled(tenant)
    before = tenant.get("jpm", f"/appointments/{number}").json()
    tenant.control("PATCH", f"/appointments/{number}", {"status": "Done"})
    after = tenant.get("jpm", f"/appointments/{number}").json()
    assert after["status"] == "Done"
    assert after["modifiedOn"] > before["modifiedOn"]
    job = tenant.get("jpm", f"/jobs/{after['jobId']}").json()
    if job["lastAppointmentId"] == number:
        assert (job["jobStatus"], bool(job["completedOn"])) == ("Completed", True)


def test_a_job_can_be_completed_tagged_and_merged_customers_made(tenant: Caller) -> None:
    done = tenant.control(
        "PATCH", "/jobs/4000001", {"jobStatus": "Completed", "completedOn": "2026-03-01T10:00:00Z", "tagTypeIds": [101]}
    )
    assert (done["jobStatus"], done["completedOn"], done["tagTypeIds"]) == ("Completed", "2026-03-01T10:00:00Z", [101])
    merged = tenant.control("PATCH", "/customers/1000002", {"active": False, "mergedToId": 1000001, "balance": 5})
    assert (merged["active"], merged["mergedToId"], merged["balance"]) == (False, 1000001, 5)
    assert tenant.get("crm", "/customers", ids="1000002").json()["data"] == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/customers/1", {"name": "x"}, 404),
        ("/nothing/1", {"name": "x"}, 404),
        ("/customers/1000001", {"surprise": 1}, 400),
        ("/customers/1000001", {"modifiedOn": "2026-01-01"}, 400),
        ("/customers/1000001", {}, 400),
        ("/jobs/4000001", {"completedOn": "then"}, 400),
        ("/jobs/4000001", {"jobStatus": "Done"}, 400),
        ("/appointments/5000001", {"status": "Completed"}, 400),
        ("/customers/1000001", {"active": "yes"}, 400),
        ("/customers/1000001", {"name": 5}, 400),
    ],
)
def test_an_operator_is_told_what_cannot_be_changed(tenant: Caller, path: str, body: Any, status: int) -> None:
    answer = tenant.http.patch(f"/control/servicetitan{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_the_log_has_the_length_of_long_answers_and_no_secret(tenant: Caller) -> None:
    tenant.get("crm", "/customers", pageSize=300)
    entries = tenant.running.log("request")
    assert entries[-1]["answer"]["bytes"] > 20_000
    assert (entries[-1]["provider"], entries[-1]["query"]) == ("servicetitan", "pageSize=300")
    written = repr(entries)
    for secret in (CLIENT_ID, CLIENT_SECRET, APP_KEY, tenant.headers["Authorization"].removeprefix("Bearer ")):
        assert secret not in written
