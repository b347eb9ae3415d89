"""The reports of the sandbox's ServiceTitan tenant: what they ask for, and their rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from workers.sandbox.servicetitan_query import INVALID, Refusal
from workers.sandbox.servicetitan_rows import Customer, shown_moment
from workers.sandbox.servicetitan_world import DAY, World

CATEGORIES: Final = (("operations", "Operations"), ("marketing", "Marketing"), ("accounting", "Accounting"))
SETS: Final = {"business-units": "business_units", "membership-types": "membership_types"}

Rows = list[list[Any]]


@dataclass(frozen=True)
class Parameter:
    """What a report asks for."""

    name: str
    label: str
    data_type: str
    is_array: bool = False
    is_required: bool = False
    dynamic_set: str | None = None
    values: tuple[tuple[str, str], ...] | None = None

    def shown(self) -> dict[str, Any]:
        """As the report's description has it."""
        accept = None
        if self.dynamic_set or self.values:
            accept = {
                "fields": [{"name": "Value", "label": "Value"}, {"name": "Name", "label": "Name"}],
                "dynamicSetId": self.dynamic_set,
                "values": [list(value) for value in self.values] if self.values else None,
            }
        return {
            "name": self.name, "label": self.label, "dataType": self.data_type, "isArray": self.is_array,
            "isRequired": self.is_required, "acceptValues": accept,
        }  # fmt: skip

    def problem(self, value: Any) -> str | None:
        """What is wrong with a value."""
        if value is None:
            return f"The parameter {self.name} is required." if self.is_required else None
        if isinstance(value, list) != self.is_array:
            return f"The parameter {self.name} must be {'an array' if self.is_array else 'a single value'}."
        for one in value if self.is_array else [value]:
            if not _is_a(self.data_type, one) or (self.values and one not in {key for key, _ in self.values}):
                return f"The value of {self.name} is not valid."
        return None


def _is_a(data_type: str, value: Any) -> bool:
    if data_type == "Boolean":
        return isinstance(value, bool)
    if data_type == "Number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    return data_type != "Date" or _day(value) is not None


def _day(value: Any) -> int | None:
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    return int(datetime.combine(day, datetime.min.time(), UTC).timestamp())


@dataclass(frozen=True)
class Report:
    """A report."""

    category: str
    id: int
    name: str
    description: str | None
    parameters: tuple[Parameter, ...]
    fields: tuple[tuple[str, str, str], ...]
    make: Callable[[World, Mapping[str, Any]], Rows]

    def summary(self) -> dict[str, Any]:
        """As lists show it."""
        return {"id": self.id, "name": self.name, "description": self.description}

    def shown(self, world: World) -> dict[str, Any]:
        """Its whole description."""
        return self.summary() | {
            "modifiedOn": shown_moment(world.today - 90 * DAY),
            "parameters": [parameter.shown() for parameter in self.parameters],
            "fields": [{"name": name, "label": label, "dataType": kind} for name, label, kind in self.fields],
        }

    def read(self, body: Any) -> dict[str, Any]:
        """The parameters of a request; raises a `Refusal` that names every problem."""
        listed = body.get("parameters") if isinstance(body, dict) else None
        if not isinstance(listed, list) or not all(isinstance(one, dict) and "name" in one for one in listed):
            raise Refusal(400, INVALID, {"parameters": ["The parameters must be a list of names and values."]})
        given = {str(one["name"]): one.get("value") for one in listed}
        known = {parameter.name: parameter for parameter in self.parameters}
        problems = {name: [f"There is no parameter {name}."] for name in given if name not in known}
        for name, parameter in known.items():
            problem = parameter.problem(given.get(name))
            if problem:
                problems[name] = [problem]
        if problems:
            raise Refusal(400, INVALID, problems)
        return given


def _reach(world: World) -> dict[int, tuple[str | None, str | None]]:
    """The first phone and e-mail address of each customer, as reports print them."""
    found: dict[int, tuple[str | None, str | None]] = {}
    for contact in world.contacts:
        if contact.active and contact.type != "Fax":
            phone, mail = found.get(contact.customer_id, (None, None))
            is_mail = contact.type == "Email"
            found[contact.customer_id] = (
                phone if is_mail else phone or contact.value,
                contact.value if is_mail else mail,
            )
    return found


def _completed(world: World, given: Mapping[str, Any]) -> Rows:
    since, until = _day(given["From"]) or 0, (_day(given["To"]) or 0) + DAY
    units, least = given.get("BusinessUnitIds"), given.get("MinimumTotal") or 0
    reach = _reach(world)
    rows: Rows = []
    for job in world.jobs:
        if job.completed_on is None or not since <= job.completed_on < until or (job.total or 0) < least:
            continue
        if units and job.business_unit_id not in units:
            continue
        customer, unit = world.customers.get(job.customer_id), world.business_units.get(job.business_unit_id)
        phone, mail = reach.get(job.customer_id, (None, None))
        rows.append(
            [job.job_number, job.id, job.customer_id, customer.name if customer else None, phone, mail,
             shown_moment(job.completed_on), job.total, unit.name if unit else None]
        )  # fmt: skip
    return rows


def _ending(world: World, given: Mapping[str, Any]) -> Rows:
    states = {"Active", "Suspended"} if given.get("IncludeSuspended") else {"Active"}
    reach = _reach(world)
    rows: Rows = []
    for membership in world.memberships:
        ends, customer = membership.ends_on, world.customers.get(membership.customer_id)
        if membership.status not in states or ends is None or customer is None:
            continue
        if ends < world.today or ends > world.today + given["Days"] * DAY:
            continue
        kind = world.membership_types.get(membership.membership_type_id)
        phone, mail = reach.get(customer.id, (None, None))
        rows.append(
            [customer.id, customer.name, phone, mail, customer.zip, kind.name if kind else None, shown_moment(ends)]
        )
    return rows


def _dormant(world: World, given: Mapping[str, Any]) -> Rows:
    bound, kind = _day(given["LastJobBefore"]) or 0, given.get("CustomerType")
    last: dict[int, int] = {}
    for job in world.jobs:
        if job.completed_on:
            last[job.customer_id] = max(last.get(job.customer_id, 0), job.completed_on)
    reach = _reach(world)

    def is_meant(customer: Customer) -> bool:
        return customer.active and kind in {None, customer.type} and last.get(customer.id, 0) < bound

    return [
        [
            customer.id,
            customer.name,
            reach.get(customer.id, (None, None))[0],
            customer.zip,
            shown_moment(last.get(customer.id)),
        ]
        for customer in world.customers
        if is_meant(customer)
    ]


_ANYBODY = (("CustomerId", "Customer ID", "Number"), ("CustomerName", "Customer", "String"))

REPORTS: Final = (
    Report(
        "operations", 4001, "Completed jobs", "Jobs that were completed, by day.",
        (
            Parameter("From", "From", "Date", is_required=True),
            Parameter("To", "To", "Date", is_required=True),
            Parameter("BusinessUnitIds", "Business units", "Number", is_array=True, dynamic_set="business-units"),
            Parameter("MinimumTotal", "Minimum total", "Number"),
        ),
        (
            ("JobNumber", "Job #", "String"), ("JobId", "Job ID", "Number"), *_ANYBODY,
            ("CustomerPhone", "Phone", "String"), ("CustomerEmail", "Email", "String"),
            ("CompletedOn", "Completion date", "Date"), ("JobTotal", "Total", "Number"),
            ("BusinessUnit", "Business unit", "String"),
        ),
        _completed,
    ),
    Report(
        "marketing", 4002, "Memberships about to end", None,
        (
            Parameter("Days", "Within days", "Number", is_required=True),
            Parameter("IncludeSuspended", "Suspended ones too", "Boolean"),
        ),
        (
            *_ANYBODY, ("Phone", "Phone", "String"), ("Email", "Email", "String"), ("Zip", "ZIP", "String"),
            ("MembershipType", "Membership", "String"), ("EndsOn", "Ends on", "Date"),
        ),
        _ending,
    ),
    Report(
        "marketing", 4003, "Customers without recent work", None,
        (
            Parameter("LastJobBefore", "Last job before", "Date", is_required=True),
            Parameter(
                "CustomerType", "Customer type", "String",
                values=(("Residential", "Residential"), ("Commercial", "Commercial")),
            ),
        ),
        (*_ANYBODY, ("Phone", "Phone", "String"), ("Zip", "ZIP", "String"), ("LastJobOn", "Last job", "Date")),
        _dormant,
    ),
)  # fmt: skip


def find_report(category: str, report_id: str) -> Report:
    """A report of a category; raises the `Refusal` of one that is not there."""
    if category not in {known for known, _ in CATEGORIES}:
        raise Refusal(404, "There is no such category")
    for report in REPORTS:
        if report.category == category and str(report.id) == report_id:
            return report
    raise Refusal(404, "There is no such report with the category")
