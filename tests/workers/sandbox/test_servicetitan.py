"""The sandbox's ServiceTitan refuses what ServiceTitan refuses, and its tenant changes as a tenant does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.workers.sandbox.conftest import start
from tests.workers.sandbox.harness import Running, RunSandbox
from tests.workers.sandbox.titan import APP_KEY, FORM, GIVEN, Caller, scheduled


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
