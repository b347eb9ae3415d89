"""The rows of the sandbox's ServiceTitan tenant: small in memory, shown in the API's own shape."""

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar

# Moments are whole seconds since 1970: hundreds of thousands of rows hold several each.
Seconds = int

NOBODY = 77


def shown_moment(at: Seconds | None) -> str | None:
    """A moment as the API shows it."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


@dataclass(slots=True)
class Record:
    """Anything with an id and a version. `active` is false for what was deleted or deactivated."""

    id: int
    active: bool
    created_on: Seconds
    modified_on: Seconds

    MOMENTS: ClassVar[frozenset[str]] = frozenset({"created_on", "modified_on"})
    RENAMED: ClassVar[dict[str, str]] = {}
    HIDDEN: ClassVar[frozenset[str]] = frozenset()

    def shown(self) -> dict[str, Any]:
        """The row as lists show it."""
        row: dict[str, Any] = {}
        for name, json_name, is_moment in _layout(type(self)):
            value = getattr(self, name)
            if is_moment:
                value = shown_moment(value)
            elif value.__class__ is tuple:
                value = list(value)
            row[json_name] = value
        return row


_LAYOUTS: dict[type, list[tuple[str, str, bool]]] = {}


def _layout(kind: type[Record]) -> list[tuple[str, str, bool]]:
    """Attribute, name in JSON, whether it is a moment."""
    known = _LAYOUTS.get(kind)
    if known is None:
        known = _LAYOUTS[kind] = [
            (field.name, kind.RENAMED.get(field.name) or camel(field.name), field.name in kind.MOMENTS)
            for field in fields(kind)
            if field.name not in kind.HIDDEN
        ]
    return known


def camel(name: str) -> str:
    """`job_number` as JSON says it."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


_ADDRESS = frozenset({"street", "city", "state", "zip"})


@dataclass(slots=True)
class Addressed(Record):
    """Something with an address."""

    name: str
    street: str
    city: str
    state: str
    zip: str
    tag_type_ids: tuple[int, ...]
    merged_to_id: int | None

    HIDDEN: ClassVar[frozenset[str]] = _ADDRESS

    def shown(self) -> dict[str, Any]:
        """With its address as an object."""
        return Record.shown(self) | {
            "address": {
                "street": self.street, "unit": None, "city": self.city, "state": self.state, "zip": self.zip,
                "country": "USA", "latitude": None, "longitude": None,
            },
            "customFields": [],
            "createdById": NOBODY,
            "externalData": [],
        }  # fmt: skip


@dataclass(slots=True)
class Customer(Addressed):
    """A customer."""

    type: str
    balance: float
    do_not_mail: bool
    do_not_service: bool

    def shown(self) -> dict[str, Any]:
        """As the customers' list has it."""
        return Addressed.shown(self) | {
            "taxExempt": False, "nationalAccount": False, "paymentTermId": None, "creditLimit": None,
            "creditLimitBalance": None,
        }  # fmt: skip


@dataclass(slots=True)
class Location(Addressed):
    """A place that is served."""

    customer_id: int


@dataclass(slots=True)
class Contact(Record):
    """A way to reach a customer."""

    customer_id: int
    type: str
    value: str
    memo: str | None
    digits: str | None
    do_not_text: bool
    marketing: bool | None

    HIDDEN: ClassVar[frozenset[str]] = frozenset({"digits", "do_not_text", "marketing", "active"})

    def shown(self) -> dict[str, Any]:
        """With phone settings for phones, and preferences where they were ever set."""
        phone = {"phoneNumber": self.digits, "doNotText": self.do_not_text} if self.digits else None
        wishes = {
            "jobRemindersEnabled": True,
            "marketingUpdatesEnabled": self.marketing,
            "invoiceStatementNotification": False,
        }
        return Record.shown(self) | {
            "phoneSettings": phone,
            "preferences": None if self.marketing is None else wishes,
        }


@dataclass(slots=True)
class Job(Record):
    """A job."""

    job_number: str
    customer_id: int
    location_id: int
    job_status: str
    completed_on: Seconds | None
    business_unit_id: int
    job_type_id: int
    campaign_id: int
    priority: str
    summary: str | None
    appointment_count: int
    first_appointment_id: int
    last_appointment_id: int
    tag_type_ids: tuple[int, ...]
    membership_id: int | None
    total: float | None

    MOMENTS: ClassVar[frozenset[str]] = Record.MOMENTS | {"completed_on"}
    HIDDEN: ClassVar[frozenset[str]] = frozenset({"active"})

    def shown(self) -> dict[str, Any]:
        """With what a job has and nobody asked for."""
        return Record.shown(self) | {
            "projectId": None, "recallForId": None, "warrantyId": None, "jobGeneratedLeadSource": None,
            "noCharge": False, "notificationsEnabled": True, "createdById": NOBODY, "leadCallId": None,
            "partnerLeadCallId": None, "bookingId": None, "soldById": None, "customerPo": "",
            "invoiceId": self.id + 1, "createdFromEstimateId": None, "estimateIds": [], "customFields": [],
            "externalData": [],
        }  # fmt: skip


@dataclass(slots=True)
class Appointment(Record):
    """A visit."""

    job_id: int
    customer_id: int
    appointment_number: str
    start: Seconds
    end: Seconds
    arrival_window_start: Seconds | None
    arrival_window_end: Seconds | None
    status: str
    unused: bool
    hold_reason_id: int | None = None
    hold_memo: str | None = None

    MOMENTS: ClassVar[frozenset[str]] = Record.MOMENTS | {"start", "end", "arrival_window_start", "arrival_window_end"}
    HIDDEN: ClassVar[frozenset[str]] = frozenset({"hold_reason_id", "hold_memo"})

    def shown(self) -> dict[str, Any]:
        """The hold's reason and memo are not shown: the API has no field for them."""
        return Record.shown(self) | {"specialInstructions": None, "createdById": NOBODY, "isConfirmed": False}


_FROM_TO = {"starts_on": "from", "ends_on": "to"}


@dataclass(slots=True)
class Membership(Record):
    """A customer's membership."""

    status: str
    customer_id: int
    location_id: int | None
    membership_type_id: int
    business_unit_id: int
    billing_frequency: str
    starts_on: Seconds
    ends_on: Seconds | None

    MOMENTS: ClassVar[frozenset[str]] = Record.MOMENTS | {"starts_on", "ends_on"}
    RENAMED: ClassVar[dict[str, str]] = _FROM_TO

    def shown(self) -> dict[str, Any]:
        """With the dates that a follow-up has: the year 1 stands for none."""
        return Record.shown(self) | {
            "followUpOn": "0001-01-01T00:00:00Z", "followUpStatus": "NotAttempted", "cancellationDate": None,
            "nextScheduledBillDate": None, "renewalBillingFrequency": None, "initialDeferredRevenue": 0,
            "duration": 12, "memo": None, "customFields": [],
        }  # fmt: skip


@dataclass(slots=True)
class RecurringService(Record):
    """Work that comes again."""

    name: str
    membership_id: int | None
    location_id: int
    recurring_service_type_id: int
    business_unit_id: int | None
    job_type_id: int | None
    recurrence_type: str
    recurrence_interval: int
    starts_on: Seconds | None
    ends_on: Seconds | None

    MOMENTS: ClassVar[frozenset[str]] = Record.MOMENTS | {"starts_on", "ends_on"}
    RENAMED: ClassVar[dict[str, str]] = _FROM_TO


@dataclass(slots=True)
class ServiceEvent(Record):
    """A visit of a recurring service that falls due. Lists don't show whether it is active, exports do."""

    location_recurring_service_id: int
    location_recurring_service_name: str | None
    membership_id: int | None
    membership_name: str | None
    status: str
    date: Seconds
    job_id: int | None

    MOMENTS: ClassVar[frozenset[str]] = Record.MOMENTS | {"date"}
    HIDDEN: ClassVar[frozenset[str]] = frozenset({"active"})


@dataclass(slots=True)
class Named(Record):
    """A row of a catalogue: tags, business units, job types, hold reasons, campaigns, membership types."""

    name: str


Rec = TypeVar("Rec", bound=Record)


class Table(Generic[Rec]):
    """Rows by id, and in the order in which they were modified."""

    def __init__(self, rows: Iterable[Rec] = ()) -> None:
        self._rows: dict[int, Rec] = {row.id: row for row in rows}
        self._by_change: list[tuple[Seconds, int]] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Rec]:
        return iter(self._rows.values())

    def get(self, row_id: int) -> Rec | None:
        """The row with this id."""
        return self._rows.get(row_id)

    def add(self, row: Rec) -> None:
        """Put a new row in."""
        self._rows[row.id] = row
        if self._by_change is not None:
            bisect.insort(self._by_change, (row.modified_on, row.id))

    def touch(self, row: Rec, at: Seconds) -> None:
        """A row was changed: its version is `at`, or a second after the last one."""
        if self._by_change is not None:
            del self._by_change[bisect.bisect_left(self._by_change, (row.modified_on, row.id))]
        row.modified_on = max(at, row.modified_on + 1)
        if self._by_change is not None:
            bisect.insort(self._by_change, (row.modified_on, row.id))

    def next_id(self) -> int:
        """An id that was never used."""
        return max(self._rows, default=0) + 1

    def changed_after(self, key: tuple[Seconds, int]) -> list[tuple[Seconds, int]]:
        """The versions after a key, oldest first."""
        order = self.changes()
        return order[bisect.bisect_right(order, key) :]

    def changes(self) -> list[tuple[Seconds, int]]:
        """All versions, oldest first."""
        if self._by_change is None:
            self._by_change = sorted((row.modified_on, row.id) for row in self._rows.values())
        return self._by_change
