"""The plan of calls: what the API filters, how often it is asked, and that no row can be missed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workers.handlers.plan import MOST_CALLS, Call, calls_for
from workers.providers.servicetitan import feeds

SINCE, UNTIL = "2026-01-01T05:00:00+00:00", "2026-02-01T05:00:00+00:00"


def job(**said: Any) -> dict[str, Any]:
    return {"kind": "job", **said}


def filters(calls: list[Call]) -> list[dict[str, Any]]:
    return [dict(call.filters) for call in calls]


def test_windows_tags_and_single_values_are_asked_of_the_api() -> None:
    [call] = calls_for([job(completed_from=SINCE, completed_before=UNTIL, tags_any=[7, 8], business_units=[201])])
    assert call.kind == "jobs"
    assert dict(call.filters) == {
        "completedOnOrAfter": datetime(2026, 1, 1, 5, tzinfo=UTC),
        "completedBefore": datetime(2026, 2, 1, 5, tzinfo=UTC),
        "tagTypeIds": (7, 8),
        "businessUnitId": 201,
    }


def test_several_values_are_several_calls_while_those_are_few() -> None:
    assert filters(calls_for([job(business_units=[2, 1], statuses=["Hold"])])) == [
        {"businessUnitId": 1, "jobStatus": "Hold"},
        {"businessUnitId": 2, "jobStatus": "Hold"},
    ]
    many = calls_for([job(business_units=list(range(10)), statuses=["Completed", "Hold"])])
    assert filters(many) == [{"jobStatus": "Completed"}, {"jobStatus": "Hold"}], "the longest choice is filtered here"


def test_the_jobs_of_appointments_are_asked_for_as_well() -> None:
    calls = calls_for([{"kind": "appointment", "starts_from": SINCE, "statuses": ["Scheduled"], "job_types": [301]}])
    since = datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert calls == [
        Call("appointments", (("startsOnOrAfter", since), ("status", "Scheduled"))),
        Call("jobs", (("appointmentStartsOnOrAfter", since), ("jobTypeId", 301))),
    ]


def test_the_same_call_is_made_once() -> None:
    assert len(calls_for([job(statuses=["Hold"]), job(statuses=["Hold"], total=[1, 2])])) == 1
    assert calls_for([]) == []


_IDS = st.lists(st.integers(1, 9), min_size=1, max_size=9)
_CONDITIONS = st.fixed_dictionaries(
    {"kind": st.sampled_from(["job", "appointment"])},
    optional={
        "statuses": st.lists(st.sampled_from(["Scheduled", "Hold", "Canceled"]), min_size=1),
        "business_units": _IDS,
        "job_types": _IDS,
        "campaigns": _IDS,
        "tags_any": _IDS,
        "completed_from": st.just(SINCE),
        "starts_before": st.just(UNTIL),
        "unused": st.booleans(),
    },
)
_CHOICES = {"businessUnitId": "business_units", "jobTypeId": "job_types", "campaignId": "campaigns"}


@given(_CONDITIONS)
def test_no_row_that_matches_can_be_missed(condition: dict[str, Any]) -> None:
    calls = calls_for([condition])
    lists: dict[str, feeds.ListFeed[Any]] = {"jobs": feeds.JOBS, "appointments": feeds.APPOINTMENTS}
    for kind, feed in lists.items():
        asked = filters([call for call in calls if call.kind == kind])
        assert len(asked) <= MOST_CALLS
        for call in asked:
            feeds.parameters(feed, call)  # refuses what the list cannot be filtered by
        for said, name in _CHOICES.items():
            named = {call[said] for call in asked if said in call}
            assert not named or named == set(condition[name]), "each value, or none"
