"""The sandbox's ServiceTitan refuses what ServiceTitan refuses, and its tenant changes as a tenant does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import phonenumbers
import pytest
from pydantic import SecretStr

from tests.workers.sandbox.conftest import start
from tests.workers.sandbox.harness import START, Running, RunSandbox
from workers.sandbox.faults import Fault
from workers.sandbox.servicetitan_world import World

CLIENT_ID, CLIENT_SECRET, APP_KEY, TENANT = "cid.rehearsal", "cs1.rehearsal-secret", "ak1.rehearsal-key", "900000001"
GIVEN: dict[str, Any] = {
    "servicetitan_client_id": SecretStr(CLIENT_ID),
    "servicetitan_client_secret": SecretStr(CLIENT_SECRET),
    "servicetitan_app_key": SecretStr(APP_KEY),
    "servicetitan_customers": 300,
    "servicetitan_export_page": 100,
    "servicetitan_calls_per_second": 100_000,
}
FORM = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


class Caller:
    """Somebody who speaks HTTP to the tenant, without any client of ours."""

    def __init__(self, running: Running, tenant: str = TENANT) -> None:
        self.running, self.tenant = running, tenant
        self.http = httpx.Client(base_url=running.url, trust_env=False, timeout=20, verify=False)
        self.headers = {"ST-App-Key": APP_KEY, "Authorization": f"Bearer {self.token()}"}

    def token(self, **changes: str) -> str:
        return str(self.http.post("/servicetitan/connect/token", data=FORM | changes).json().get("access_token"))

    def ask(self, method: str, area: str, path: str, **options: Any) -> httpx.Response:
        url = f"/servicetitan/{area}/v2/tenant/{self.tenant}{path}"
        return self.http.request(method, url, **{"headers": self.headers, **options})

    def get(self, area: str, path: str, **query: Any) -> httpx.Response:
        return self.ask("GET", area, path, params=query)

    def control(self, method: str, path: str = "", body: Any = None) -> Any:
        answer = self.http.request(method, f"/control/servicetitan{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    running = start(**GIVEN)
    yield running
    running.stop()


@pytest.fixture
def tenant(shared: Running) -> Caller:
    assert shared.control.post("/reset").status_code == 200
    return Caller(shared)


def refusal(answer: httpx.Response) -> dict[str, Any]:
    """The body of a refusal, in the shape that all have."""
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "traceId", "errors"} <= set(body)
    assert body["status"] == answer.status_code
    assert body["traceId"]
    return body


@pytest.mark.parametrize(
    "changes", [{"grant_type": "password"}, {"client_id": "x"}, {"client_secret": "x"}, {"client_secret": ""}]
)
def test_tokens_are_given_for_credentials_only(tenant: Caller, changes: dict[str, str]) -> None:
    answer = tenant.http.post("/servicetitan/connect/token", data=FORM | changes)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_client", "unsupported_grant_type"}


def test_a_token_says_how_long_it_is_good(tenant: Caller) -> None:
    body = tenant.http.post("/servicetitan/connect/token", data=FORM).json()
    assert (body["expires_in"], body["token_type"]) == (900, "Bearer")


def test_a_token_ends_by_the_sandboxs_clock(run_sandbox: RunSandbox) -> None:
    tenant = Caller(run_sandbox(**GIVEN))
    tenant.running.advance("PT14M59S")
    assert tenant.get("settings", "/tag-types").status_code == 200
    tenant.running.advance("PT1S")
    refused = tenant.get("settings", "/tag-types")
    assert refused.status_code == 401
    refusal(refused)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"ST-App-Key": APP_KEY}, 401),
        ({"ST-App-Key": APP_KEY, "Authorization": "Bearer x"}, 401),
        ({"Authorization": "good"}, 401),
        ({"ST-App-Key": "wrong", "Authorization": "good"}, 401),
        ({"ST-App-Key": APP_KEY, "Authorization": "good"}, 200),
    ],
)
def test_every_request_shows_token_and_app_key(tenant: Caller, headers: dict[str, str], status: int) -> None:
    shown = {name: tenant.headers["Authorization"] if value == "good" else value for name, value in headers.items()}
    assert tenant.ask("GET", "settings", "/tag-types", headers=shown).status_code == status


def test_another_tenant_is_not_there(shared: Running) -> None:
    answer = Caller(shared, tenant="12").get("settings", "/tag-types")
    assert (answer.status_code, refusal(answer)["title"]) == (404, "Resource not found")


def test_an_area_without_a_scope_is_forbidden(tenant: Caller) -> None:
    tenant.control("PUT", body={"scopes": ["crm"]})
    assert tenant.get("settings", "/tag-types").status_code == 403
    assert tenant.get("crm", "/customers").status_code == 200
    answer = tenant.http.put("/control/servicetitan", json={"scopes": ["everything"]})
    assert answer.status_code == 400


FIFTY_ONE = ",".join(str(number) for number in range(51))

BAD_QUERIES = [
    ("crm", "/customers", {"page": "0"}, {"page"}),
    ("crm", "/customers", {"page": "one"}, {"page"}),
    ("crm", "/customers", {"pageSize": "0"}, {"pageSize"}),
    ("crm", "/customers", {"pageSize": "5001"}, {"pageSize"}),
    ("crm", "/customers", {"includeTotal": "maybe"}, {"includeTotal"}),
    ("crm", "/customers", {"sort": "Id"}, {"sort"}),
    ("crm", "/customers", {"sort": "+Name"}, {"sort"}),
    ("crm", "/customers", {"ids": FIFTY_ONE}, {"ids"}),
    ("crm", "/customers", {"ids": "1,two"}, {"ids"}),
    ("crm", "/customers", {"active": "yes"}, {"active"}),
    ("crm", "/customers", {"modifiedOnOrAfter": "yesterday"}, {"modifiedOnOrAfter"}),
    ("crm", "/customers", {"tagTypeIds": "101"}, {"tagTypeIds"}),
    ("crm", "/customers", {"page": "0", "pageSize": "x", "tags": "1"}, {"page", "pageSize", "tags"}),
    ("crm", "/customers/contacts", {}, {"modifiedOnOrAfter"}),
    ("crm", "/customers/contacts", {"createdBefore": "2026-01-01"}, {"modifiedOnOrAfter"}),
    ("crm", "/customers/contacts", {"customerIds": "1", "active": "Any"}, {"active"}),
    ("jpm", "/jobs", {"jobStatus": "Done"}, {"jobStatus"}),
    ("jpm", "/jobs", {"appointmentStatus": "Completed"}, {"appointmentStatus"}),
    ("jpm", "/jobs", {"businessUnitId": "201,202"}, {"businessUnitId"}),
    ("jpm", "/jobs", {"businessUnitIds": "201"}, {"businessUnitIds"}),
    ("jpm", "/jobs", {"tagTypeIds": "a"}, {"tagTypeIds"}),
    ("jpm", "/jobs", {"active": "Any"}, {"active"}),
    ("jpm", "/appointments", {"status": "Completed"}, {"status"}),
    ("jpm", "/job-types", {"sort": "+Id"}, {"sort"}),
    ("jpm", "/job-types", {"orderBy": "name"}, {"orderBy"}),
    ("memberships", "/recurring-service-events", {"date": "2026-01-01"}, {"date"}),
    ("memberships", "/recurring-service-events", {"customerId": "1"}, {"customerId"}),
    ("memberships", "/memberships", {"customerIds": FIFTY_ONE}, {"customerIds"}),
    ("crm", "/export/customers", {"from": "nonsense"}, {"from"}),
    ("crm", "/export/customers", {"page": "2"}, {"page"}),
    ("crm", "/export/customers", {"includeRecentChanges": "x"}, {"includeRecentChanges"}),
    ("reporting", "/report-categories", {"page": "0"}, {"page"}),
]


@pytest.mark.parametrize(("area", "path", "query", "wrong"), BAD_QUERIES)
def test_what_a_list_cannot_be_asked_is_refused_by_name(
    tenant: Caller, area: str, path: str, query: dict[str, str], wrong: set[str]
) -> None:
    answer = tenant.get(area, path, **query)
    assert answer.status_code == 400
    assert set(refusal(answer)["errors"]) == wrong


@pytest.mark.parametrize(
    ("method", "area", "path"),
    [
        ("GET", "crm", "/customers/1"),
        ("GET", "crm", "/nothing"),
        ("GET", "crm", "/export/nothing"),
        ("GET", "jpm", "/customers"),
        ("GET", "jpm", "/appointments/12"),
        ("PUT", "jpm", "/appointments/12/hold"),
        ("DELETE", "jpm", "/appointments/12/hold"),
        ("GET", "jpm", "/jobs/12/notes"),
        ("POST", "jpm", "/jobs/12/notes"),
        ("PUT", "jpm", "/jobs/4000001/hold"),
        ("GET", "reporting", "/report-category/none/reports"),
        ("GET", "reporting", "/report-category/operations/reports/12"),
        ("GET", "reporting", "/data-queries/none"),
    ],
)
def test_what_is_not_there_is_not_found(tenant: Caller, method: str, area: str, path: str) -> None:
    answer = tenant.ask(method, area, path, json={"reasonId": 501, "memo": "x", "text": "x"})
    assert answer.status_code == 404
    refusal(answer)


def scheduled(tenant: Caller) -> int:
    return int(tenant.get("jpm", "/appointments", status="Scheduled", pageSize=1).json()["data"][0]["id"])


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"reasonId", "memo"}),
        ({"reasonId": 501}, {"memo"}),
        ({"reasonId": 501, "memo": " "}, {"memo"}),
        ({"memo": "x"}, {"reasonId"}),
        ({"reasonId": 505, "memo": "x"}, {"reasonId"}),
        ({"reasonId": 999, "memo": "x"}, {"reasonId"}),
        ({"reasonId": "501", "memo": "x"}, {"reasonId"}),
        ([], {"reasonId", "memo"}),
    ],
)
def test_a_hold_needs_an_active_reason_and_a_memo(tenant: Caller, body: Any, wrong: set[str]) -> None:
    number = scheduled(tenant)
    answer = tenant.ask("PUT", "jpm", f"/appointments/{number}/hold", json=body)
    assert answer.status_code == 400
    assert set(refusal(answer)["errors"]) == wrong
    assert tenant.get("jpm", f"/appointments/{number}").json()["status"] == "Scheduled"


@pytest.mark.parametrize("status", ["Hold", "Dispatched", "Working", "Done", "Canceled"])
def test_only_a_scheduled_appointment_can_be_held(tenant: Caller, status: str) -> None:
    number = scheduled(tenant)
    tenant.control("PATCH", f"/appointments/{number}", {"status": status})
    answer = tenant.ask("PUT", "jpm", f"/appointments/{number}/hold", json={"reasonId": 501, "memo": "x"})
    assert answer.status_code == 409
    refusal(answer)


def test_a_hold_is_answered_without_a_body_and_can_be_taken_off_once(tenant: Caller) -> None:
    number = scheduled(tenant)
    taken = tenant.ask("PUT", "jpm", f"/appointments/{number}/hold", json={"reasonId": 501, "memo": "x"})
    assert (taken.status_code, taken.content) == (200, b"")
    assert tenant.running.control.get("/").json()["counts"]["holds_taken"] == 1
    assert tenant.ask("DELETE", "jpm", f"/appointments/{number}/hold").status_code == 200
    assert tenant.ask("DELETE", "jpm", f"/appointments/{number}/hold").status_code == 409


def test_more_calls_than_allowed_in_a_second_are_turned_away(run_sandbox: RunSandbox) -> None:
    tenant = Caller(run_sandbox(**(GIVEN | {"servicetitan_calls_per_second": 5})))
    answers = [tenant.get("settings", "/tag-types", pageSize=1) for _ in range(8)]
    assert Counter(answer.status_code for answer in answers)[429] >= 1
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "1"
    tenant.running.advance("PT1S")
    assert tenant.get("settings", "/tag-types").status_code == 200


def test_a_report_is_made_once_a_minute(run_sandbox: RunSandbox) -> None:
    tenant = Caller(run_sandbox(**GIVEN))
    path = "/report-category/marketing/reports/4002/data"
    body = {"parameters": [{"name": "Days", "value": 30}]}
    assert tenant.ask("POST", "reporting", path, json=body).status_code == 200
    again = tenant.ask("POST", "reporting", f"{path}/query", json=body)
    assert again.status_code == 429
    assert 1 <= int(again.headers["retry-after"]) <= 60
    tenant.running.advance("PT60S")
    assert tenant.ask("POST", "reporting", path, json=body).status_code == 200


@pytest.mark.parametrize("body", [None, [], {}, {"parameters": {}}, {"parameters": [{"value": 1}]}])
def test_a_report_is_asked_with_a_list_of_parameters(tenant: Caller, body: Any) -> None:
    answer = tenant.ask("POST", "reporting", "/report-category/marketing/reports/4002/data", json=body)
    assert answer.status_code == 400
    refusal(answer)


# --- the tenant -------------------------------------------------------------------------------------------------------


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
