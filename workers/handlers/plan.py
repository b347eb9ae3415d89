"""Which calls of ServiceTitan's lists find the jobs and appointments that a definition is about.

What a list can filter by is asked of it. Most of its filters take one value: several values are several calls while
those are few, and are otherwise left to the database, which checks every condition again in any case.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

MOST_CALLS: Final = 6
"""For one condition: more values than that are filtered here, with one call for all of them."""

Kind = Literal["jobs", "appointments"]
Condition = Mapping[str, Any]

_JOB_MOMENTS: Final = {
    "completed_from": "completedOnOrAfter",
    "completed_before": "completedBefore",
    "created_from": "createdOnOrAfter",
    "created_before": "createdBefore",
}
_APPOINTMENT_MOMENTS: Final = {"starts_from": "startsOnOrAfter", "starts_before": "startsBefore"}
_JOBS_OF_APPOINTMENTS: Final = {
    "starts_from": "appointmentStartsOnOrAfter",
    "starts_before": "appointmentStartsBefore",
}
_JOB_CHOICES: Final = {
    "statuses": "jobStatus",
    "business_units": "businessUnitId",
    "job_types": "jobTypeId",
    "campaigns": "campaignId",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One walk through a list: which, and its filters by ServiceTitan's names."""

    kind: Kind
    filters: tuple[tuple[str, Any], ...]


def calls_for(conditions: Iterable[Condition]) -> list[Call]:
    """The calls that give every row that any of the conditions can match, none of them twice."""
    calls: dict[Call, None] = {}
    for condition in conditions:
        calls |= dict.fromkeys(_calls_of(condition))
    return list(calls)


def _calls_of(condition: Condition) -> list[Call]:
    if condition["kind"] == "job":
        return _spread("jobs", condition, _JOB_MOMENTS, _JOB_CHOICES)
    appointments = _spread("appointments", condition, _APPOINTMENT_MOMENTS, {"statuses": "status"})
    # An appointment does not say of which type its job is, so its job is asked for as well.
    of_jobs = {name: said for name, said in _JOB_CHOICES.items() if name != "statuses"}
    return [*appointments, *_spread("jobs", condition, _JOBS_OF_APPOINTMENTS, of_jobs)]


def _spread(kind: Kind, condition: Condition, moments: Mapping[str, str], choices: Mapping[str, str]) -> list[Call]:
    """One call for each combination of values, leaving out the longest choices while that would be too many."""
    fixed: dict[str, Any] = {said: _moment(condition[name]) for name, said in moments.items() if condition.get(name)}
    if kind == "jobs" and condition.get("tags_any"):
        fixed["tagTypeIds"] = tuple(condition["tags_any"])
    if kind == "appointments" and condition.get("unused") is not None:
        fixed["unused"] = condition["unused"]
    spread = {said: sorted(set(condition[name])) for name, said in choices.items() if condition.get(name)}
    while _combinations(spread.values()) > MOST_CALLS:
        del spread[max(spread, key=lambda said: len(spread[said]))]
    return [
        Call(kind, tuple(sorted({**fixed, **dict(zip(spread, values, strict=True))}.items())))
        for values in itertools.product(*spread.values())
    ]


def _combinations(choices: Iterable[Sequence[Any]]) -> int:
    count = 1
    for values in choices:
        count *= len(values)
    return count


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)
