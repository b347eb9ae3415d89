"""What ServiceTitan's rows hold, as far as anybody here reads them.

Lenient on purpose: unknown fields are passed over, missing ones and nulls are `None` or empty, a status that nobody has
heard of is kept as text. Only an id must be there.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel


def _moment(value: Any) -> Any:
    """An empty moment, or the year 1 that stands for none, is no moment."""
    if isinstance(value, str) and (not value.strip() or value.startswith("0001-01-01")):
        return None
    return value


def _ids(value: Any) -> Any:
    return [] if value is None else value


def _text(value: Any) -> Any:
    """Names of enumerations come as text, from some endpoints wrapped as `{"id", "name"}`."""
    if isinstance(value, dict):
        return value.get("name")
    return str(value) if isinstance(value, int | float) else value


Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Ids = Annotated[tuple[int, ...], BeforeValidator(_ids)]
Text = Annotated[str | None, BeforeValidator(_text)]


class Row(BaseModel):
    """Something with an id; `modified_on` orders its versions."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)

    id: int
    active: bool | None = None
    created_on: Moment = None
    modified_on: Moment = None


R = TypeVar("R", bound=Row)


class Part(BaseModel):
    """A part of a row."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)


class Address(Part):
    """Where somebody lives, or is served."""

    street: Text = None
    unit: Text = None
    city: Text = None
    state: Text = None
    zip: Text = None
    country: Text = None


class Customer(Row):
    """A customer. One with `merged_to_id` lives on under that id."""

    name: Text = None
    type: Text = None
    address: Address | None = None
    tag_type_ids: Ids = ()
    do_not_mail: bool | None = None
    do_not_service: bool | None = None
    balance: Decimal | None = None
    merged_to_id: int | None = None


class PhoneSettings(Part):
    """What a phone may be used for."""

    phone_number: Text = None
    do_not_text: bool | None = None


class Preferences(Part):
    """What a contact wants to hear of."""

    job_reminders_enabled: bool | None = None
    marketing_updates_enabled: bool | None = None
    invoice_statement_notification: bool | None = None


class CustomerContact(Row):
    """One way to reach a customer: `Phone`, `MobilePhone`, `Email` or `Fax`."""

    customer_id: int | None = None
    type: Text = None
    value: Text = None
    memo: Text = None
    phone_settings: PhoneSettings | None = None
    preferences: Preferences | None = None


class Location(Row):
    """A place that is served."""

    customer_id: int | None = None
    name: Text = None
    address: Address | None = None
    tag_type_ids: Ids = ()
    merged_to_id: int | None = None


class Job(Row):
    """A job: `Scheduled`, `Dispatched`, `InProgress`, `Hold`, `Completed` or `Canceled`."""

    job_number: Text = None
    customer_id: int | None = None
    location_id: int | None = None
    job_status: Text = None
    business_unit_id: int | None = None
    job_type_id: int | None = None
    campaign_id: int | None = None
    priority: Text = None
    summary: Text = None
    appointment_count: int | None = None
    first_appointment_id: int | None = None
    last_appointment_id: int | None = None
    tag_type_ids: Ids = ()
    membership_id: int | None = None
    recall_for_id: int | None = None
    no_charge: bool | None = None
    total: Decimal | None = None
    completed_on: Moment = None


class Appointment(Row):
    """A visit: `Scheduled`, `Dispatched`, `Working`, `Hold`, `Done` or `Canceled`."""

    job_id: int | None = None
    customer_id: int | None = None
    appointment_number: Text = None
    start: Moment = None
    end: Moment = None
    arrival_window_start: Moment = None
    arrival_window_end: Moment = None
    status: Text = None
    unused: bool | None = None
    is_confirmed: bool | None = None


# `from` is a word of the language: two fields have names that no alias generator makes
class _Span(Row):
    starts_on: Moment = None
    ends_on: Moment = None

    model_config = ConfigDict(
        alias_generator=lambda name: {"starts_on": "from", "ends_on": "to"}.get(name, to_camel(name)),
        populate_by_name=True,
        extra="ignore",
        frozen=True,
    )


class Membership(_Span):
    """A customer's membership: `Active`, `Suspended`, `Expired`, `Canceled` or `Deleted`."""

    status: Text = None
    follow_up_status: Text = None
    follow_up_on: Moment = None
    next_scheduled_bill_date: Moment = None
    cancellation_date: Moment = None
    billing_frequency: Text = None
    customer_id: int | None = None
    location_id: int | None = None
    membership_type_id: int | None = None
    business_unit_id: int | None = None


class MembershipType(Row):
    """A kind of membership that is sold."""

    name: Text = None
    display_name: Text = None


class RecurringService(_Span):
    """Work that comes again at a location, often by a membership."""

    name: Text = None
    membership_id: int | None = None
    location_id: int | None = None
    recurring_service_type_id: int | None = None
    business_unit_id: int | None = None
    job_type_id: int | None = None
    recurrence_type: Text = None
    recurrence_interval: int | None = None


class RecurringServiceEvent(Row):
    """One visit that falls due: `NotAttempted`, `Unreachable`, `Contacted`, `Won` or `Dismissed`.

    It names no customer: the way is event, recurring service, location, customer.
    """

    location_recurring_service_id: int | None = None
    location_recurring_service_name: Text = None
    membership_id: int | None = None
    membership_name: Text = None
    status: Text = None
    date: Moment = None
    job_id: int | None = None


class TagType(Row):
    """A tag that customers, locations and jobs can carry."""

    name: Text = None
    code: Text = None
    color: Text = None


class BusinessUnit(Row):
    """A business unit."""

    name: Text = None
    official_name: Text = None


class JobType(Row):
    """A job type."""

    name: Text = None
    business_unit_ids: Ids = ()
    priority: Text = None


class Campaign(Row):
    """A marketing campaign of ServiceTitan's."""

    name: Text = None


class HoldReason(Row):
    """Why an appointment may be put on hold; an inactive one is refused."""

    name: Text = None


class JobNote(Part):
    """A note on a job. It has no id."""

    text: Text = None
    is_pinned: bool | None = None
    created_on: Moment = None
