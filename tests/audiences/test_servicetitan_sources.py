"""Previews, reports, the catalogue and ServiceTitan's own marks, against the sandbox."""

from __future__ import annotations

from collections import Counter
from typing import Any

import psycopg
import pytest

from tests.audiences.office import OPEN, Office, office
from tests.audiences.oracle import Oracle
from tests.support.databases import Database as Copy
from tests.support.waiting import until

EVERYBODY: dict[str, Any] = {"match": {"customer": {"balance": {"min": 0}}}, "purpose": "service"}
DORMANT: dict[str, Any] = {"category": "marketing", "report_id": 4003, "parameters": {"LastJobBefore": "2026-01-01"}}


async def previewed(desk: Office, definition: Any, **more: Any) -> Any:
    def answer() -> Any:
        said = desk.rpc("preview_audience_definition", p_definition=definition, **more)
        return None if said["status"] in OPEN else said

    return await until(answer, "the preview")


def fresh(desk: Office) -> Any:
    """The catalogue's tags, once nobody reads them from the source."""
    said = desk.rpc("get_servicetitan_catalogue", p_kind="tag_types")
    return None if said["is_refreshing"] else said


async def refreshed(desk: Office, list_id: str) -> Any:
    desk.rpc("refresh_audience_list", p_list_id=list_id)
    return await desk.ended(list_id)


async def test_a_preview_says_what_the_refresh_then_does(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        said = await previewed(desk, EVERYBODY)
        assert (said["status"], len(said["sample"])) == ("SUCCEEDED", 20)
        assert said["sample"][0].keys() >= {"name", "phone", "servicetitan_customer_id"}
        assert desk.value("select count(*) from public.contacts") == 0, "a preview stores nobody"
        again = desk.rpc("preview_audience_definition", p_definition=EVERYBODY)
        assert (again["preview_id"], again["as_of"]) == (said["preview_id"], said["as_of"])
        assert desk.value("select count(*) from engine.tasks") == 1, "a fresh result is used again"
        list_id = desk.new_list(EVERYBODY)
        run = await refreshed(desk, list_id)
        assert run["counts"]["added"] == said["count"]
        assert {name: run["counts"][name] for name in said["counts"]} == said["counts"]
        assert {one["phone"] for one in said["sample"]} <= set(desk.numbers(list_id))
        phones = [one["phone"] for one in said["sample"][:3]]
        left_out = await previewed(desk, EVERYBODY, p_exclusions={"phones": phones})
        assert (left_out["count"], left_out["counts"]["excluded"]) == (said["count"] - 3, 3)


async def test_nothing_of_what_was_fetched_stays_behind(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        definition = {"match": {"any": [{"appointment": {"starts": {"days_ahead": {"max": 9}}}}]}}
        await previewed(desk, definition)
        await refreshed(desk, desk.new_list(definition))
        for table in ("servicetitan_jobs", "servicetitan_appointments", "import_rows", "checked_rows", "member_facts"):
            assert desk.value(f"select count(*) from engine.{table}") == 0, table


async def test_members_carry_the_appointment_that_made_them_match(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        definition = {
            "purpose": "service",
            "match": {"appointment": {"statuses": ["Scheduled"], "starts": {"days_ahead": {"max": 20}}}},
        }
        await refreshed(desk, desk.new_list(definition))
        rows = desk.connection.execute(
            "select servicetitan_customer_id, servicetitan_job_id, servicetitan_job_type_id,"
            " servicetitan_appointment_id, appointment_starts_at from public.audience_members"
        ).fetchall()
        assert len(rows) > 10
        for customer, job, job_type, appointment, starts_at in rows:
            found = desk.titan.world.appointments.get(appointment)
            its_job = desk.titan.world.jobs.get(job)
            assert found
            assert its_job
            assert (found.job_id, found.status, found.start) == (job, "Scheduled", starts_at.timestamp())
            assert its_job.job_type_id == job_type
            merged = desk.titan.world.customers.get(found.customer_id)
            assert merged
            assert customer in {found.customer_id, merged.merged_to_id}
            others = [
                one.start
                for one in desk.titan.world.appointments
                if one.customer_id == found.customer_id and one.status == "Scheduled" and one.start < found.start
            ]
            assert all(start < desk.titan.box.stage.clock.now().timestamp() for start in others), "the soonest one"


async def test_do_not_text_suppresses_texts_and_is_lifted_with_the_mark(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        list_id = desk.new_list(EVERYBODY)
        await refreshed(desk, list_id)
        marked = {
            f"+1{one.digits}"
            for one in desk.titan.world.contacts
            if one.digits and one.do_not_text and one.type in {"Phone", "MobilePhone"}
        }
        query = "select phone from public.suppressions where channel = 'text' and reason = 'do_not_text'"
        assert {phone for (phone,) in desk.connection.execute(query)} == marked != set()
        assert (
            desk.value("select count(*) from public.suppressions where channel = 'call' and reason = 'do_not_text'")
            == 0
        )
        stopped = desk.connection.execute("select phone from public.suppressions where reason = 'do_not_service'")
        kept, *_ = sorted(marked - {phone for (phone,) in stopped})
        desk.connection.execute(
            "insert into public.suppressions (team_id, phone, channel, reason, source)"
            " select team_id, phone, channel, 'opted_out', 'sms' from public.suppressions where phone = %s",
            [kept],
        )
        for one in desk.titan.world.contacts:
            if one.digits and f"+1{one.digits}" == kept:
                one.do_not_text = False
                desk.titan.world.contacts.touch(one, int(desk.titan.box.stage.clock.now().timestamp()))
        await refreshed(desk, list_id)
        assert {phone for (phone,) in desk.connection.execute(query)} == marked - {kept}
        assert desk.value("select reason from public.suppressions where phone = %s", kept) == "opted_out"
        ledger = desk.connection.execute(
            "select action, source from public.consent_events where phone = %s order by id", [kept]
        ).fetchall()
        assert ledger == [("opt_out", "servicetitan"), ("opt_in", "servicetitan")]


async def test_do_not_service_suppresses_every_number_of_the_customer_until_the_mark_is_gone(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        list_id = desk.new_list(EVERYBODY)
        await refreshed(desk, list_id)
        world = desk.titan.world
        seen = Oracle(world, "America/New_York", desk.titan.box.stage.clock.now())

        def marked() -> set[str]:
            owners = {one.id for one in world.customers if one.do_not_service}
            return {
                f"+1{one.digits}"
                for one in world.contacts
                if one.digits and one.type in {"Phone", "MobilePhone"} and seen.living(one.customer_id) in owners
            }

        def suppressed(channel: str) -> set[str]:
            rows = desk.connection.execute(
                "select phone from public.suppressions where reason = 'do_not_service' and channel = %s", [channel]
            )
            return {phone for (phone,) in rows}

        assert suppressed("call") == suppressed("text") == marked() != set()
        before = marked()
        for one in world.customers:
            if one.do_not_service != (one.id % 7 == 0):
                one.do_not_service = not one.do_not_service
                world.customers.touch(one, int(desk.titan.box.stage.clock.now().timestamp()))
        await refreshed(desk, list_id)
        assert suppressed("call") == suppressed("text") == marked() != before


async def test_a_list_for_texts_tells_who_may_not_be_texted(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        list_id = desk.new_list({**EVERYBODY, "phone": "text"})
        run = await refreshed(desk, list_id)
        with_errors = desk.rpc("get_audience_run_errors", p_run_id=run["id"], p_limit=1000)["items"]
        counted = Counter(one["code"] for one in with_errors if one["severity"] == "error")
        assert counted.keys() <= {"phone_do_not_text", "phone_missing"}
        assert counted["phone_do_not_text"] > 0
        assert sum(counted.values()) == run["counts"]["rejected"]
        for one in with_errors:
            phones = [
                phone
                for phone in desk.titan.world.contacts
                if phone.customer_id == one["servicetitan_customer_id"] and phone.digits and phone.active
                and phone.type != "Fax"
            ]  # fmt: skip
            assert all(phone.do_not_text for phone in phones)


async def test_a_report_fills_a_list_with_its_columns_guessed(database: Copy) -> None:
    async with office(database) as desk, desk.working():
        list_id = desk.new_list(DORMANT, "custom_report")
        run = await refreshed(desk, list_id)
        assert run["status"] in {"SUCCEEDED", "PARTIAL"}, run
        assert run["mapping"]["phone"] == ["Phone"]
        assert run["mapping"]["servicetitan_customer_id"] == ["Customer ID"]
        rows = desk.connection.execute(
            "select m.servicetitan_customer_id, c.phone from public.audience_members m"
            " join public.contacts c on m.team_id = c.team_id and m.contact_id = c.id"
        ).fetchall()
        assert len(rows) == run["counts"]["added"] > 20
        for customer, phone in rows:
            assert phone[2:] in {one.digits for one in desk.titan.world.contacts if one.customer_id == customer}
        assert len(desk.titan.requests("POST", "/reports/4003/data")) == 1, "a page costs a minute"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parameters": {}}, "parameters_invalid"),
        ({"parameters": {"LastJobBefore": "soon"}}, "parameters_invalid"),
        ({"parameters": {"LastJobBefore": "2026-01-01", "CustomerType": "Martian"}}, "parameters_invalid"),
        ({"parameters": {"LastJobBefore": "2026-01-01", "Colour": "red"}}, "parameters_invalid"),
        ({"columns": {"phone": "Pager"}}, "definition_refused"),
        ({"report_id": 99}, "refused"),
    ],
)
async def test_a_report_that_does_not_fit_fails_its_run_with_the_reason(
    database: Copy, change: dict[str, Any], code: str
) -> None:
    async with office(database, servicetitan_customers=40) as desk, desk.working():
        run = await refreshed(desk, desk.new_list({**DORMANT, **change}, "custom_report"))
        assert (run["status"], run["failure_code"]) == ("FAILED", code)
        assert run["failure_message"]


async def test_the_catalogue_is_cached_and_refreshed(database: Copy) -> None:
    async with office(database) as desk:
        first = desk.rpc("get_servicetitan_catalogue", p_kind="business_units")
        assert (first["items"], first["is_refreshing"], first["as_of"]) == ([], True, None)
        async with desk.working():
            await until(lambda: fresh(desk), "the catalogue")
        for kind, table in (
            ("tag_types", "tags"), ("business_units", "business_units"), ("job_types", "job_types"),
            ("hold_reasons", "hold_reasons"), ("campaigns", "campaigns"), ("membership_types", "membership_types"),
        ):  # fmt: skip
            said = desk.rpc("get_servicetitan_catalogue", p_kind=kind)
            rows = getattr(desk.titan.world, table)
            assert {(one["id"], one["name"], one["is_active"]) for one in said["items"]} == {
                (row.id, row.name, row.active) for row in rows
            }
            assert said["as_of"]
        reports = desk.rpc("get_servicetitan_catalogue", p_kind="reports")["items"]
        assert {(one["id"], one["category"]) for one in reports} >= {(4001, "operations"), (4003, "marketing")}
        assert desk.value("select count(*) from engine.tasks") == 1
        assert desk.rpc("get_servicetitan_catalogue", p_kind="reports", p_refresh=True)["is_refreshing"]
        with pytest.raises(psycopg.Error) as refused:
            desk.rpc("get_servicetitan_catalogue", p_kind="colours")
        assert refused.value.sqlstate == "OB001"


async def test_a_scope_that_is_missing_is_said_and_keeps_nothing_else_from_being_read(database: Copy) -> None:
    async with office(database, servicetitan_scopes=("crm", "jpm", "settings")) as desk, desk.working():
        desk.rpc("get_servicetitan_catalogue", p_kind="tag_types")
        said = await until(lambda: fresh(desk), "the catalogue")
        assert said["items"]
        assert said["failure_code"] == "forbidden"
        assert "memberships" in said["failure_message"] or "membership_types" in said["failure_message"]
