"""The people and work of the sandbox's ServiceTitan tenant, drawn from a seed.

Each customer is drawn by her own number alone, so a smaller population is the beginning of a larger one. Every phone
number ends in 555-0100 to 555-0199, which nobody has. Dates lie around the day on which the tenant was first asked for.
"""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from workers.sandbox.servicetitan_places import AREA_CODES, Place
from workers.sandbox.servicetitan_rows import (
    Appointment,
    Contact,
    Customer,
    Job,
    Location,
    Membership,
    Named,
    RecurringService,
    ServiceEvent,
    Table,
)

HOUR: Final = 3600
DAY: Final = 86_400

FIRST_NAMES = (
    "Ann", "Ben", "Carla", "Dev", "Elena", "Frank", "Grace", "Hugo", "Iris", "Jonas", "Kim", "Luis", "Maya",
    "Noah", "Olga", "Pedro", "Quinn", "Rosa", "Sam", "Tara", "Uma", "Victor", "Wanda", "Xavier", "Yusuf", "Zoe",
    "José", "Zoë", "Anaïs", "Søren",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Baker", "Castro", "Dawson", "Ellis", "Fischer", "Garcia", "Hughes", "Ivanov", "Jensen", "Kaur",
    "Lopez", "Miller", "Nguyen", "O'Brien", "Patel", "Quist", "Reyes", "Smith", "Tran", "Ueda", "Vargas",
    "Walsh", "Xu", "Young", "Zimmer", "Núñez", "Müller",
)  # fmt: skip
STREETS = ("Main St", "Oak Ave", "Maple Dr", "2nd St", "Cedar Ln", "Hill Rd", "Lake View Ct", "Park Blvd")
COMPANIES = ("Bakery", "Dental", "Storage", "Apartments", "Brewing Co.", "Auto Repair")
SPELLINGS = (
    "({0}) {1}-{2}", "{0}-{1}-{2}", "{0}{1}{2}", "+1{0}{1}{2}", "1-{0}-{1}-{2}", "{0}.{1}.{2}", "+1 ({0}) {1} {2}",
    " {0} {1}-{2} ",
)  # fmt: skip

TAGS = ("VIP", "Do Not Call", "Financing", "Senior Discount", "Landlord", "Old Equipment", "Warranty", "Retired tag")
BUSINESS_UNITS = ("HVAC Service", "HVAC Install", "Plumbing", "Electrical", "Closed branch")
JOB_TYPES = ("AC Tune-up", "Furnace Tune-up", "No Cooling", "No Heat", "Water Heater", "Drain", "Panel Upgrade")
CAMPAIGNS = ("Existing Customer", "Google", "Referral", "Direct Mail", "Last year's radio")
HOLD_REASONS = (
    "Customer asked to reschedule",
    "Waiting for parts",
    "Weather",
    "Technician unavailable",
    "No longer used",
)
MEMBERSHIP_TYPES = ("Comfort Club", "Comfort Club Plus", "Plumbing Plan", "Withdrawn plan")
SERVICE_NAMES = ("Spring AC visit", "Fall furnace visit")

_FIRST = {
    "customers": 1_000_001, "locations": 2_000_001, "contacts": 3_000_001, "jobs": 4_000_001,
    "appointments": 5_000_001, "memberships": 6_000_001, "services": 7_000_001, "events": 8_000_001,
}  # fmt: skip


class World:
    """All tables."""

    def __init__(self, seed: str, size: int, today: datetime) -> None:
        self.seed, self.size = seed, size
        self.today = int(today.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
        self.customers: Table[Customer] = Table()
        self.locations: Table[Location] = Table()
        self.contacts: Table[Contact] = Table()
        self.jobs: Table[Job] = Table()
        self.appointments: Table[Appointment] = Table()
        self.memberships: Table[Membership] = Table()
        self.services: Table[RecurringService] = Table()
        self.events: Table[ServiceEvent] = Table()
        self.tags = self._catalogue(101, TAGS)
        self.business_units = self._catalogue(201, BUSINESS_UNITS)
        self.job_types = self._catalogue(301, JOB_TYPES)
        self.campaigns = self._catalogue(401, CAMPAIGNS)
        self.hold_reasons = self._catalogue(501, HOLD_REASONS)
        self.membership_types = self._catalogue(601, MEMBERSHIP_TYPES)
        self._next = dict(_FIRST)
        self._visits: dict[int, list[Appointment]] | None = None
        self._phones: dict[int, set[str]] | None = None

    def _catalogue(self, first: int, names: tuple[str, ...]) -> Table[Named]:
        """The last name of a catalogue is inactive, except where all are in use."""
        made = self.today - 900 * DAY
        return Table(
            Named(first + index, names is JOB_TYPES or index < len(names) - 1, made, made + index * HOUR, name)
            for index, name in enumerate(names)
        )

    def fill(self, step: int = 250) -> Iterator[int]:
        """Draw everybody; pauses every `step` customers, so that others have a turn."""
        for index in range(self.size):
            self._customer(index)
            if index % step == step - 1:
                yield index
        for count in _in_threes(self.size):
            # Some were entered twice: the later one lives on under the earlier one's id.
            merged, into = self.customers.get(1_000_001 + count), self.customers.get(1_000_001 + count - 1)
            if merged and into:
                merged.merged_to_id, merged.active = into.id, False

    def visits_of(self, job_id: int) -> list[Appointment]:
        """The appointments of a job, first to last."""
        if self._visits is None:
            self._visits = {}
            for row in self.appointments:
                self._visits.setdefault(row.job_id, []).append(row)
        return self._visits.get(job_id, [])

    def phones_of(self, customer_id: int) -> set[str]:
        """The digits of a customer's phones."""
        if self._phones is None:
            self._phones = {}
            for row in self.contacts:
                if row.digits and row.active:
                    self._phones.setdefault(row.customer_id, set()).add(row.digits)
        return self._phones.get(customer_id, set())

    def forget_phones(self) -> None:
        """A phone was changed."""
        self._phones = None

    def _id(self, table: str) -> int:
        self._next[table] += 1
        return self._next[table] - 1

    def _customer(self, index: int) -> None:
        draw = random.Random(f"{self.seed}/{index}")  # noqa: S311 -- the same population every time
        area, place = AREA_CODES[(index * 131) % len(AREA_CODES)]
        made = self.today - draw.randrange(30, 2500) * DAY + draw.randrange(DAY)
        changed = min(made + draw.randrange(0, 2000) * DAY, self.today - DAY - draw.randrange(DAY))
        first, last = draw.choice(FIRST_NAMES), draw.choice(LAST_NAMES)
        is_home = draw.random() < 0.88
        name = f"{first} {last}" if is_home else f"{last} {draw.choice(COMPANIES)}"
        tags = tuple(sorted(draw.sample(range(101, 108), draw.choice((0, 0, 1, 1, 2)))))
        home = (f"{draw.randrange(1, 9999)} {draw.choice(STREETS)}", place.city, place.state, _zip(draw, place))
        customer = Customer(
            self._id("customers"), draw.random() > 0.06, made, changed, name, *home, tags, None,
            "Residential" if is_home else "Commercial", round(draw.choice((0, 0, 0, 89.5, 240.0)), 2),
            draw.random() < 0.05, draw.random() < 0.03,
        )  # fmt: skip
        self.customers.add(customer)
        places = 1 if draw.random() < 0.9 else 2
        location_ids = [self._location(draw, customer, number) for number in range(places)]
        self._contacts(draw, customer, index, area, f"{first}.{last}")
        membership_id = self._membership(draw, customer, location_ids[0]) if draw.random() < 0.3 else None
        for _ in range(draw.choice((0, 1, 1, 1, 2, 2, 3))):
            self._job(draw, customer, draw.choice(location_ids), membership_id)

    def _location(self, draw: random.Random, customer: Customer, number: int) -> int:
        street = customer.street if number == 0 else f"{draw.randrange(1, 9999)} {draw.choice(STREETS)}"
        row = Location(
            self._id("locations"), True, customer.created_on, customer.modified_on, customer.name,
            street, customer.city, customer.state, customer.zip, (), None, customer.id,
        )  # fmt: skip
        self.locations.add(row)
        return row.id

    def _contacts(self, draw: random.Random, customer: Customer, index: int, area: str, mailbox: str) -> None:
        line = 100 + index // len(AREA_CODES) % 100
        numbers = [(draw.choice(("MobilePhone", "MobilePhone", "Phone")), area, line)]
        for _ in range(draw.choice((0, 0, 1, 1, 2))):
            other = draw.choice(AREA_CODES)[0] if draw.random() < 0.3 else area
            numbers.append((draw.choice(("Phone", "MobilePhone", "Fax")), other, 100 + draw.randrange(100)))
        if draw.random() < 0.04:
            numbers = []  # some are known by mail alone
        for kind, code, number in numbers:
            spelt = draw.choice(SPELLINGS).format(code, "555", f"{number:04d}")
            wishes = draw.choice((None, True, True, True, False))
            self._contact(draw, customer, kind, spelt, f"{code}555{number:04d}", wishes)
        if draw.random() < 0.8:
            address = f"{mailbox}{index}@example.com".lower().replace("'", "")
            self._contact(draw, customer, "Email", address, None, draw.choice((None, True, False)))

    def _contact(
        self, draw: random.Random, customer: Customer, kind: str, value: str, digits: str | None, wishes: bool | None
    ) -> None:
        self.contacts.add(
            Contact(
                self._id("contacts"), draw.random() > 0.03, customer.created_on, customer.modified_on, customer.id,
                kind, value, draw.choice((None, None, "", "Home", "wife's cell", "call after 5pm")), digits,
                digits is not None and draw.random() < 0.08, wishes,
            )
        )  # fmt: skip

    def _membership(self, draw: random.Random, customer: Customer, location_id: int) -> int:
        status = draw.choice(("Active", "Active", "Active", "Active", "Suspended", "Expired", "Canceled"))
        is_on = status in {"Active", "Suspended"}
        ends = self.today + draw.randrange(1, 365) * DAY if is_on else self.today - draw.randrange(1, 700) * DAY
        kind, unit = 601 + draw.randrange(3), 201 + draw.randrange(3)
        began = ends - 365 * DAY
        changed = max(customer.modified_on, min(began, self.today - DAY))
        row = Membership(
            self._id("memberships"), is_on, began, changed, status, customer.id,
            location_id, kind, unit, draw.choice(("Annual", "Monthly")), began, ends,
        )  # fmt: skip
        self.memberships.add(row)
        for number, name in enumerate(SERVICE_NAMES):
            service = RecurringService(
                self._id("services"), is_on, began, changed, name, row.id, location_id, 701 + number, unit,
                301 + number, "Seasonal", 1, began, ends,
            )  # fmt: skip
            self.services.add(service)
            due = began + (60 + 180 * number + draw.randrange(30)) * DAY
            was_due = due < self.today
            status_of = draw.choice(("Won", "Dismissed", "Unreachable")) if was_due else "NotAttempted"
            plan = MEMBERSHIP_TYPES[kind - 601]
            self.events.add(
                ServiceEvent(
                    self._id("events"), is_on, began, changed, service.id, name, row.id, plan, status_of, due, None
                )
            )
        return row.id

    def _job(self, draw: random.Random, customer: Customer, location_id: int, membership_id: int | None) -> None:
        chance = draw.random()
        if chance < 0.72:
            status, at = "Completed", self.today - draw.randrange(1, 1200) * DAY
        elif chance < 0.80:
            status, at = "Canceled", self.today - draw.randrange(1, 600) * DAY
        elif chance < 0.95:
            status, at = "Scheduled", self.today + draw.randrange(1, 30) * DAY
        elif chance < 0.97:
            status, at = "Hold", self.today + draw.randrange(1, 30) * DAY
        else:
            status, at = draw.choice((("Dispatched", self.today), ("InProgress", self.today)))
        start = at + draw.randrange(13, 22) * HOUR
        job_id = self._id("jobs")
        visits = 1 if draw.random() < 0.9 else 2
        made = min(start - draw.randrange(1, 20) * DAY, self.today - DAY)
        done = start + 2 * HOUR if status == "Completed" else None
        changed = done or max(made, self.today - DAY + draw.randrange(HOUR))
        first = 0
        last = 0
        for visit in range(visits):
            last = self._appointment(customer, job_id, visit, start - (visits - 1 - visit) * DAY, status, made, changed)
            first = first or last
        self.jobs.add(
            Job(
                job_id, True, made, changed, str(job_id), customer.id, location_id, status, done,
                201 + draw.randrange(4), 301 + draw.randrange(7), 401 + draw.randrange(4),
                draw.choice(("Low", "Normal", "Normal", "High", "Urgent")),
                draw.choice((None, "", "<p>Noisy unit</p>")),
                visits, first, last, tuple(sorted(draw.sample(range(101, 108), draw.choice((0, 0, 1))))),
                membership_id, round(draw.randrange(0, 250_000) / 100, 2) if status == "Completed" else None,
            )
        )  # fmt: skip

    def _appointment(
        self, customer: Customer, job_id: int, visit: int, start: int, job_status: str, made: int, changed: int
    ) -> int:
        status = {"Completed": "Done", "InProgress": "Working"}.get(job_status, job_status)
        row = Appointment(
            self._id("appointments"), True, made, changed, job_id, customer.id, f"{job_id}-{visit + 1}", start,
            start + 2 * HOUR, start, start + 4 * HOUR, status, False,
        )  # fmt: skip
        self.appointments.add(row)
        return row.id


def _zip(draw: random.Random, place: Place) -> str:
    return f"{place.zip3}{draw.randrange(100):02d}"


def _in_threes(size: int) -> range:
    """Every three hundredth customer was entered twice."""
    return range(150, size, 300)
