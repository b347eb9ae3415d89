"""The lists and exports of the sandbox's ServiceTitan, by area and path: parameters as in its OpenAPI documents."""

from collections.abc import Callable
from typing import Final

from workers.sandbox.servicetitan_query import (
    Listing,
    Matches,
    Parse,
    any_of,
    before,
    ids,
    moment,
    number,
    one_of,
    since,
    text,
    truth,
    whole,
)
from workers.sandbox.servicetitan_rows import Appointment

JOB_STATUSES: Final = ("Scheduled", "Dispatched", "InProgress", "Hold", "Completed", "Canceled")
APPOINTMENT_STATUSES: Final = ("Scheduled", "Dispatched", "Working", "Hold", "Done", "Canceled")
MEMBERSHIP_STATUSES: Final = ("Active", "Suspended", "Expired", "Canceled", "Deleted")
FOLLOW_UP_STATUSES: Final = ("NotAttempted", "Unreachable", "Contacted", "Won", "Dismissed")

_DATED: Final[dict[str, Parse]] = {
    "createdOnOrAfter": since("created_on"),
    "createdBefore": before("created_on"),
    "modifiedOnOrAfter": since("modified_on"),
    "modifiedBefore": before("modified_on"),
}
_ADDRESSED: Final[dict[str, Parse]] = {name: text(name) for name in ("name", "street", "city", "state", "zip")}


def _phone(value: str) -> Matches:
    """Customers with a phone; compared by its digits."""
    digits = "".join(character for character in value if character.isdigit())
    wanted = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return lambda row, world: wanted in world.phones_of(row.id)


def _any_visit(read: Callable[[str], Callable[[Appointment], bool]], *, first: bool = False) -> Parse:
    """Jobs with an appointment, or whose first one, passes a test."""

    def parse(value: str) -> Matches:
        test = read(value)
        return lambda row, world: any(
            test(visit) for visit in (world.visits_of(row.id)[:1] if first else world.visits_of(row.id))
        )

    return parse


def _in_status(value: str) -> Callable[[Appointment], bool]:
    if value == "Unused":
        return lambda visit: visit.unused
    if value not in APPOINTMENT_STATUSES:
        msg = f"The value '{value}' is not valid."
        raise ValueError(msg)
    return lambda visit: visit.status == value


def _starts_since(value: str) -> Callable[[Appointment], bool]:
    bound = moment(value)
    return lambda visit: visit.start >= bound


def _starts_before(value: str) -> Callable[[Appointment], bool]:
    bound = moment(value)
    return lambda visit: visit.start < bound


def _flag(attribute: str) -> Parse:
    def parse(value: str) -> Matches:
        wanted = truth(value)
        return lambda row, _world: getattr(row, attribute) is wanted

    return parse


def _unused_visits(value: str) -> Matches:
    wanted = truth(value)
    return lambda row, world: any(visit.unused for visit in world.visits_of(row.id)) is wanted


def _of_nobody(value: str) -> Matches:
    """Filters by what the sandbox's jobs never have: projects, technicians, bookings."""
    whole(value, 0, 2**63 - 1)
    return lambda _row, _world: False


def _services_location(value: str) -> Matches:
    wanted = whole(value, 0, 2**63 - 1)

    def test(row: object, world: object) -> bool:
        service = world.services.get(row.location_recurring_service_id)  # type: ignore[attr-defined]
        return bool(service and service.location_id == wanted)

    return test


LISTS: Final[dict[tuple[str, str], Listing]] = {
    ("crm", "/customers"): Listing("customers", {"ids": ids(), "phone": _phone, **_ADDRESSED, **_DATED}),
    ("crm", "/customers/contacts"): Listing(
        "contacts",
        {"customerIds": ids("customer_id"), **_DATED},
        active=None,
        sorts=(),
        needs_one_of=("customerIds", "modifiedOnOrAfter", "modifiedBefore"),
    ),
    ("crm", "/locations"): Listing(
        "locations", {"ids": ids(), "customerId": number("customer_id"), **_ADDRESSED, **_DATED}
    ),
    ("jpm", "/jobs"): Listing(
        "jobs",
        {
            "ids": ids(),
            "number": text("job_number"),
            "jobStatus": one_of("job_status", *JOB_STATUSES),
            "appointmentStatus": _any_visit(_in_status),
            "priority": one_of("priority", "Low", "Normal", "High", "Urgent"),
            "firstAppointmentStartsOnOrAfter": _any_visit(_starts_since, first=True),
            "firstAppointmentStartsBefore": _any_visit(_starts_before, first=True),
            "appointmentStartsOnOrAfter": _any_visit(_starts_since),
            "appointmentStartsBefore": _any_visit(_starts_before),
            "customerId": number("customer_id"),
            "locationId": number("location_id"),
            "jobTypeId": number("job_type_id"),
            "campaignId": number("campaign_id"),
            "businessUnitId": number("business_unit_id"),
            "tagTypeIds": any_of("tag_type_ids"),
            "completedOnOrAfter": since("completed_on"),
            "completedBefore": before("completed_on"),
            "hasUnusedAppointments": _unused_visits,
            "technicianId": _of_nobody,
            "soldById": _of_nobody,
            "projectId": _of_nobody,
            "bookingId": _of_nobody,
            **_DATED,
        },
        active=None,
    ),
    ("jpm", "/appointments"): Listing(
        "appointments",
        {
            "ids": ids(),
            "jobId": number("job_id"),
            "customerId": number("customer_id"),
            "number": text("appointment_number"),
            "status": one_of("status", *APPOINTMENT_STATUSES),
            "startsOnOrAfter": since("start"),
            "startsBefore": before("start"),
            "unused": _flag("unused"),
            "technicianId": _of_nobody,
            **_DATED,
        },
    ),
    ("jpm", "/job-hold-reasons"): Listing("hold_reasons", _DATED, active="Any"),
    ("jpm", "/job-types"): Listing("job_types", {"ids": ids(), "name": text("name"), **_DATED}, orders_by=True),
    ("memberships", "/memberships"): Listing(
        "memberships",
        {
            "ids": ids(),
            "customerIds": ids("customer_id"),
            "status": one_of("status", *MEMBERSHIP_STATUSES),
            **_DATED,
        },
    ),
    ("memberships", "/membership-types"): Listing("membership_types", {"ids": ids(), **_DATED}),
    ("memberships", "/recurring-services"): Listing(
        "services",
        {"ids": ids(), "membershipIds": ids("membership_id"), "locationIds": ids("location_id"), **_DATED},
    ),
    ("memberships", "/recurring-service-events"): Listing(
        "events",
        {
            "ids": ids(),
            "locationId": _services_location,
            "jobId": number("job_id"),
            "status": one_of("status", *FOLLOW_UP_STATUSES),
            **_DATED,
        },
        active=None,
    ),
    ("settings", "/tag-types"): Listing("tags", _DATED),
    ("settings", "/business-units"): Listing(
        "business_units", {"ids": ids(), "name": text("name"), **_DATED}, active="Any", sorts=()
    ),
    ("marketing", "/campaigns"): Listing("campaigns", {"ids": ids(), "name": text("name"), **_DATED}),
}

EXPORTS: Final[dict[tuple[str, str], str]] = {
    ("crm", "customers"): "customers",
    ("crm", "customers/contacts"): "contacts",
    ("crm", "locations"): "locations",
    ("jpm", "jobs"): "jobs",
    ("jpm", "appointments"): "appointments",
    ("memberships", "memberships"): "memberships",
    ("memberships", "recurring-services"): "services",
    ("memberships", "recurring-service-events"): "events",
}

SINGLE: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("crm", "customers"): ("customers", "Customer not found"),
    ("crm", "locations"): ("locations", "Location not found"),
    ("jpm", "jobs"): ("jobs", "The requested entity was not found"),
    ("jpm", "appointments"): ("appointments", "Appointment was not found"),
    ("memberships", "memberships"): ("memberships", "Customer membership was not found"),
    ("memberships", "recurring-services"): ("services", "Recurring service was not found"),
}
