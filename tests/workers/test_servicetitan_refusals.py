"""What ServiceTitan refuses has a type and a name, and secrets are told to nobody."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.workers.titan import PLAIN, SECRETS, TOKEN, Titan, account, plain, titan
from tests.workers.wire import scripted
from workers.config import Secrets
from workers.errors import ConfigurationError
from workers.providers.servicetitan import (
    Forbidden,
    Invalid,
    NotFound,
    Unauthorized,
    Unavailable,
    account_of,
    feeds,
)
from workers.providers.servicetitan.models import Customer


@pytest.fixture
async def st() -> AsyncIterator[Titan]:
    async with titan() as made:
        yield made


async def test_refusals_have_types_and_name_what_is_wrong(st: Titan) -> None:
    with pytest.raises(NotFound) as missing:
        await st.tenant.customer(1)
    assert missing.value.status == 404
    assert (missing.value.trace_id or "").startswith("00-")
    with pytest.raises(Invalid) as invalid:
        await st.tenant.rows(feeds.JOBS, jobStatus="Unheard of")
    assert list(invalid.value.fields) == ["jobStatus"]
    with pytest.raises(Unauthorized):
        await st.client.tenant(account(st.box, client_secret=SecretStr("wrong"))).rows(feeds.TAG_TYPES)
    await st.control("PUT", "", {"scopes": ["crm"]})
    with pytest.raises(Forbidden):
        await st.tenant.rows(feeds.TAG_TYPES)


async def test_filters_that_a_list_does_not_have_never_leave(st: Titan) -> None:
    for feed, filters in [
        (feeds.CUSTOMERS, {"tagTypeIds": [101]}),
        (feeds.CUSTOMER_CONTACTS, {}),
        (feeds.JOBS, {"ids": list(range(51))}),
        (feeds.JOBS, {"createdBefore": datetime(2026, 1, 1)}),  # noqa: DTZ001 -- that is what is wrong with it
    ]:
        with pytest.raises(ValueError, match=r"filtered|needs|at most|time zone"):
            await st.tenant.rows(feed, **filters)  # type: ignore[arg-type]
    assert st.requests("GET") == []


async def test_filters_mean_what_they_say(st: Titan) -> None:
    done = [job for job in st.world.jobs if job.completed_on and job.business_unit_id == 202]
    early, late = min(job.completed_on or 0 for job in done), sorted(job.completed_on or 0 for job in done)[-3]
    rows = await st.tenant.rows(
        feeds.JOBS,
        jobStatus="Completed",
        businessUnitId=202,
        completedOnOrAfter=datetime.fromtimestamp(early, UTC),
        completedBefore=datetime.fromtimestamp(late, UTC),
    )
    assert {row.id for row in rows} == {job.id for job in done if (job.completed_on or 0) < late}
    tagged = await st.tenant.rows(feeds.JOBS, tagTypeIds=[101, 103])
    assert {row.id for row in tagged} == {job.id for job in st.world.jobs if {101, 103} & set(job.tag_type_ids)}
    waiting = await st.tenant.rows(feeds.JOBS, appointmentStatus="Scheduled")
    assert {row.id for row in waiting} == {v.job_id for v in st.world.appointments if v.status == "Scheduled"}


async def test_rows_are_read_leniently() -> None:
    row = Customer.model_validate(
        {"id": 5, "name": None, "tagTypeIds": None, "address": None, "type": {"id": 1, "name": "Residential"},
         "modifiedOn": "", "createdOn": "0001-01-01T00:00:00", "surprise": {"a": 1}}
    )  # fmt: skip
    assert (row.id, row.tag_type_ids, row.type, row.modified_on, row.created_on) == (5, (), "Residential", None, None)
    assert not hasattr(row, "surprise")


@pytest.mark.parametrize("body", ["<html>", "[]", "{}", '{"data": 5}', '{"data": [{"name": "no id"}]}'])
async def test_an_answer_that_is_no_page_is_no_empty_page(body: str) -> None:
    def answer(request: Request) -> Response:
        return TOKEN if request.url.path.endswith("token") else Response(body, media_type="application/json")

    async with scripted(answer) as (_, url):
        with pytest.raises(Unavailable):
            await plain(url).rows(feeds.TAG_TYPES)


async def test_an_export_that_does_not_move_ends() -> None:
    def answer(request: Request) -> Response:
        stuck = {"hasMore": True, "continueFrom": "same", "data": []}
        return TOKEN if request.url.path.endswith("token") else JSONResponse(stuck)

    async with scripted(answer) as (_, url):
        with pytest.raises(Unavailable, match="gives nothing"):
            _ = [page async for page in plain(url).export(feeds.EXPORT_JOBS)]


async def test_secrets_are_in_no_error_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def answer(request: Request) -> Response:
        """A server that repeats everything it was told."""
        told = " ".join([*request.headers.values(), "cid-of-7", "secret-of-7", "key-of-7"])
        echo = JSONResponse({"title": told, "errors": {"x": [told]}, "traceId": "t"}, 400)
        return TOKEN if request.url.path.endswith("token") and gives_token[-1] else echo

    gives_token: list[bool] = []
    texts: list[str] = [repr(PLAIN)]
    for step in (False, True):
        gives_token.append(step)
        async with scripted(answer) as (_, url):
            tenant = plain(url)
            with pytest.raises((Unauthorized, Invalid)) as refused:
                await tenant.rows(feeds.TAG_TYPES)
            texts += [str(refused.value), repr(refused.value), repr(refused.value.fields), repr(tenant)]
            texts += [check.message for check in await tenant.check()]
    texts += [record.getMessage() for record in caplog.records]
    for secret in ("cid-of-7", "secret-of-7", "key-of-7", "a-token-that-nobody-may-see"):
        assert not [text for text in texts if secret in text], secret


async def test_the_sandboxs_log_has_no_secret(st: Titan) -> None:
    await st.tenant.rows(feeds.TAG_TYPES)
    written = repr(st.requests())
    assert [secret for secret in SECRETS if secret in written] == []
    assert not any(token in written for token in st.box.servicetitan.tokens)


# --- check ------------------------------------------------------------------------------------------------------------


async def test_check_says_what_works(st: Titan) -> None:
    assert {check.status for check in await st.tenant.check()} == {"ok"}
    await st.control("PUT", "", {"scopes": ["crm", "jpm"]})
    found = {check.name: check.status for check in await st.tenant.check()}
    assert {name for name, status in found.items() if status == "ok"} == {
        "credentials", "app_key", "tenant", "scope:crm", "scope:jpm"
    }  # fmt: skip
    assert found["scope:reporting"] == "refused"


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"client_secret": SecretStr("wrong")}, "credentials"),
        ({"app_key": SecretStr("wrong")}, "app_key"),
        ({"tenant_id": "12"}, "tenant"),
    ],
)
async def test_check_names_what_is_wrong(st: Titan, changes: dict[str, Any], failed: str) -> None:
    found = await st.client.tenant(account(st.box, **changes)).check()
    assert [check.name for check in found if check.status == "refused"] == [failed]
    assert len({check.name for check in found}) == len(found) == 9


async def test_check_tells_a_server_that_is_away_from_one_that_refuses() -> None:
    found = await plain("http://127.0.0.1:1").check()
    assert (found[0].name, found[0].status) == ("credentials", "unreachable")


def test_an_account_comes_from_named_secrets() -> None:
    environment = {
        "OUTBOUND_SECRET_ACME_ST_CLIENT_ID": "cid.1",
        "OUTBOUND_SECRET_ACME_ST_CLIENT_SECRET": "cs1.1",
        "OUTBOUND_SECRET_SERVICETITAN_APP_KEY": "ak1.shared",
    }
    shared = account_of(Secrets.from_environment(environment), "ACME_ST", "123")
    assert (shared.tenant_id, shared.app_key.get_secret_value()) == ("123", "ak1.shared")
    own = account_of(
        Secrets.from_environment({**environment, "OUTBOUND_SECRET_ACME_ST_APP_KEY": "ak1.own"}), "ACME_ST", "123"
    )
    assert own.app_key.get_secret_value() == "ak1.own"
    for missing in environment:
        rest = {name: value for name, value in environment.items() if name != missing}
        with pytest.raises(ConfigurationError, match="is set neither"):
            account_of(Secrets.from_environment(rest), "ACME_ST", "123")
    for tenant_id in (None, "", "acme"):
        with pytest.raises(ConfigurationError, match="tenant id"):
            account_of(Secrets.from_environment(environment), "ACME_ST", tenant_id)
