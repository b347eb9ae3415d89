"""Which rows can be listed or exported where, and by what.

Paths, parameters and fields are those of ServiceTitan's OpenAPI documents. A parameter that a list does not know is
refused here, before ServiceTitan would: some of its endpoints ignore what they don't know and answer with everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, Literal

from workers.providers.servicetitan import models
from workers.providers.servicetitan.models import R

Area = Literal["crm", "jpm", "memberships", "settings", "marketing", "reporting"]
Active = Literal["True", "Any", "False"]
Value = str | int | bool | datetime | Sequence[int] | Sequence[str] | None

MOST_IDS: Final = 50

_CREATED = ("createdOnOrAfter", "createdBefore")
_MODIFIED = ("modifiedOnOrAfter", "modifiedBefore")
_DATED = (*_CREATED, *_MODIFIED)
_ADDRESS = ("name", "street", "unit", "city", "state", "zip", "country")


@dataclass(frozen=True, slots=True)
class ListFeed(Generic[R]):
    """A list that is read page by page."""

    area: Area
    path: str
    model: type[R]
    filters: frozenset[str]
    needs_one_of: frozenset[str] = frozenset()
    order: tuple[tuple[str, str], ...] = ()
    """How the query asks for the order of ids, where it can: rows that join while it is walked then come last."""


@dataclass(frozen=True, slots=True)
class ExportFeed(Generic[R]):
    """A stream of all rows and their changes, inactive and deleted ones included, read on from a token."""

    area: Area
    path: str
    model: type[R]


def _list(
    area: Area,
    path: str,
    model: type[R],
    *filters: str,
    order: tuple[tuple[str, str], ...] = (("sort", "+Id"),),
    needs: Sequence[str] = (),
) -> ListFeed[R]:
    return ListFeed(area, path, model, frozenset(filters), frozenset(needs), order)


CUSTOMERS: Final = _list("crm", "/customers", models.Customer, "ids", "active", "phone", *_ADDRESS, *_DATED)
CUSTOMER_CONTACTS: Final = _list(
    "crm",
    "/customers/contacts",
    models.CustomerContact,
    "customerIds",
    *_DATED,
    order=(),
    needs=("customerIds", *_MODIFIED),
)
LOCATIONS: Final = _list("crm", "/locations", models.Location, "ids", "active", "customerId", *_ADDRESS, *_DATED)
JOBS: Final = _list(
    "jpm", "/jobs", models.Job,
    "ids", "number", "jobStatus", "appointmentStatus", "priority", "customerId", "locationId", "jobTypeId",
    "campaignId", "businessUnitId", "tagTypeIds", "technicianId", "soldById", "projectId", "bookingId",
    "firstAppointmentStartsOnOrAfter", "firstAppointmentStartsBefore", "appointmentStartsOnOrAfter",
    "appointmentStartsBefore", "completedOnOrAfter", "completedBefore", "hasUnusedAppointments", *_DATED,
)  # fmt: skip
APPOINTMENTS: Final = _list(
    "jpm", "/appointments", models.Appointment,
    "ids", "active", "jobId", "customerId", "number", "status", "startsOnOrAfter", "startsBefore",
    "technicianId", "unused", *_DATED,
)  # fmt: skip
HOLD_REASONS: Final = _list("jpm", "/job-hold-reasons", models.HoldReason, "active", *_DATED)
JOB_TYPES: Final = _list(
    "jpm",
    "/job-types",
    models.JobType,
    "ids",
    "active",
    "name",
    "priority",
    *_DATED,
    order=(("orderBy", "id"), ("orderByDirection", "asc")),
)
MEMBERSHIPS: Final = _list(
    "memberships", "/memberships", models.Membership, "ids", "customerIds", "active", "status", *_DATED
)
MEMBERSHIP_TYPES: Final = _list("memberships", "/membership-types", models.MembershipType, "ids", "active", *_DATED)
RECURRING_SERVICES: Final = _list(
    "memberships", "/recurring-services", models.RecurringService,
    "ids", "membershipIds", "locationIds", "active", *_DATED,
)  # fmt: skip
RECURRING_SERVICE_EVENTS: Final = _list(
    "memberships", "/recurring-service-events", models.RecurringServiceEvent,
    "ids", "locationId", "jobId", "status", *_DATED,
)  # fmt: skip
TAG_TYPES: Final = _list("settings", "/tag-types", models.TagType, "active", *_DATED)
BUSINESS_UNITS: Final = _list(
    "settings", "/business-units", models.BusinessUnit, "ids", "name", "active", *_DATED, order=()
)
CAMPAIGNS: Final = _list("marketing", "/campaigns", models.Campaign, "ids", "name", "active", *_DATED)

EXPORT_CUSTOMERS: Final = ExportFeed("crm", "/export/customers", models.Customer)
EXPORT_CUSTOMER_CONTACTS: Final = ExportFeed("crm", "/export/customers/contacts", models.CustomerContact)
EXPORT_LOCATIONS: Final = ExportFeed("crm", "/export/locations", models.Location)
EXPORT_JOBS: Final = ExportFeed("jpm", "/export/jobs", models.Job)
EXPORT_APPOINTMENTS: Final = ExportFeed("jpm", "/export/appointments", models.Appointment)
EXPORT_MEMBERSHIPS: Final = ExportFeed("memberships", "/export/memberships", models.Membership)
EXPORT_RECURRING_SERVICES: Final = ExportFeed("memberships", "/export/recurring-services", models.RecurringService)
EXPORT_RECURRING_SERVICE_EVENTS: Final = ExportFeed(
    "memberships", "/export/recurring-service-events", models.RecurringServiceEvent
)


def parameters(feed: ListFeed[R], filters: dict[str, Value]) -> dict[str, str]:
    """Filters as the query says them; a filter that is `None` is none.

    Raises:
        ValueError: the list has no such filter, lacks one that it needs, or a value cannot be said.
    """
    given = {name: value for name, value in filters.items() if value is not None}
    unknown = sorted(given.keys() - feed.filters)
    if unknown:
        msg = f"{feed.path} cannot be filtered by {', '.join(unknown)}"
        raise ValueError(msg)
    if feed.needs_one_of and not feed.needs_one_of & given.keys():
        msg = f"{feed.path} needs one of {', '.join(sorted(feed.needs_one_of))}"
        raise ValueError(msg)
    return {name: _said(name, value) for name, value in given.items()}


def _said(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return str(value) if name == "active" else str(value).lower()
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, str | int):
        return str(value)
    listed = [str(one) for one in value or ()]
    if name in {"ids", "customerIds"} and len(listed) > MOST_IDS:
        msg = f"{name} takes at most {MOST_IDS} at once"
        raise ValueError(msg)
    return ",".join(listed)


def moment(value: datetime) -> str:
    """A moment in UTC, as ServiceTitan wants it."""
    if value.tzinfo is None:
        msg = "a moment without a time zone says nothing"
        raise ValueError(msg)
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
