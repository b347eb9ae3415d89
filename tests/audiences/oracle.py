"""Whom a definition means, worked out in Python over the sandbox's own population, and definitions drawn at random.

It shares nothing with the product: rows as the sandbox holds them, one customer after the other, groups by recursion.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workers.sandbox.servicetitan_world import World

Definition = dict[str, Any]
Said = dict[str, Any]


class Oracle:
    """The population as seen at a moment in a team's zone."""

    def __init__(self, world: World, timezone: str, at: datetime) -> None:
        self.world = world
        self.zone = ZoneInfo(timezone)
        self.today = at.astimezone(self.zone).date()
        self.jobs = self._by_customer(world.jobs)
        self.appointments = self._by_customer(world.appointments)
        self.locations = self._by_customer(world.locations)
        self.memberships = self._by_customer(world.memberships)
        self.contacts = self._by_customer(world.contacts)
        self.events: dict[int, list[tuple[Any, Any]]] = {}
        for event in world.events:
            service = world.services.get(event.location_recurring_service_id)
            place = world.locations.get(service.location_id) if service else None
            if place and service and event.active and service.active:
                self.events.setdefault(self.living(place.customer_id), []).append((event, service))

    def living(self, customer_id: int) -> int:
        customer = self.world.customers.get(customer_id)
        while customer and customer.merged_to_id:
            customer = self.world.customers.get(customer.merged_to_id)
        return customer.id if customer else -1

    def _by_customer(self, rows: Any) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for row in rows:
            found.setdefault(self.living(row.customer_id), []).append(row)
        return found

    def members(self, definition: Definition) -> set[str]:
        """The numbers of everybody who is meant."""
        numbers = (self.number(one, definition) for one in self.customers(definition))
        return {number for number in numbers if number}

    def customers(self, definition: Definition) -> list[int]:
        """The ids of everybody who is meant, whether they have a number or not."""
        asks = any("do_not_service" in said for kind, said in leaves(definition["match"]) if kind == "customer")
        return [
            one.id
            for one in self.world.customers
            if one.active and not one.merged_to_id and (asks or not one.do_not_service)
            if self.holds(definition["match"], one)
        ]

    def number(self, customer_id: int, definition: Definition) -> str | None:
        use, purpose = definition.get("phone", "any"), definition.get("purpose", "marketing")
        usable = [
            one
            for one in self.contacts.get(customer_id, [])
            if one.active and one.type in {"Phone", "MobilePhone"}
            if not (use == "text" and one.do_not_text) and not (purpose == "marketing" and one.marketing is False)
        ]
        usable.sort(key=lambda one: (one.modified_on, one.id), reverse=True)
        usable.sort(key=lambda one: (use == "any" and one.do_not_text, one.type != "MobilePhone"))
        return f"+1{usable[0].digits}" if usable else None

    def holds(self, node: Said, customer: Any) -> bool:
        [(kind, said)] = node.items()
        if kind == "all":
            return all(self.holds(one, customer) for one in said)
        if kind == "any":
            return any(self.holds(one, customer) for one in said)
        if kind == "not":
            return not self.holds(said, customer)
        check: Callable[[Any, Said], bool] = getattr(self, f"_{kind}")
        return check(customer, said)

    def _customer(self, customer: Any, said: Said) -> bool:
        phones = [
            one for one in self.world.contacts if one.customer_id == customer.id and one.active and one.digits
            and one.type != "Fax"
        ] if {"do_not_text", "marketing"} & said.keys() else []  # fmt: skip
        return (
            (not said.get("types") or customer.type in said["types"])
            and tagged(customer.tag_type_ids, said)
            and zipped(customer.zip, said)
            and between(customer.balance, said.get("balance"))
            and self.within(customer.created_on, said.get("created"))
            and said.get("do_not_service", customer.do_not_service) == customer.do_not_service
            and ("do_not_text" not in said or said["do_not_text"] == all(one.do_not_text for one in phones))
            and ("marketing" not in said or said["marketing"] == (not any(one.marketing is False for one in phones)))
        )

    def _location(self, customer: Any, said: Said) -> bool:
        return any(
            one.active and tagged(one.tag_type_ids, said) and zipped(one.zip, said)
            for one in self.locations.get(customer.id, [])
        )

    def _job(self, customer: Any, said: Said) -> bool:
        return any(
            among(one.job_status, said, "statuses")
            and self.of_job(one, said)
            and among(one.campaign_id, said, "campaigns")
            and between(one.total or 0, said.get("total"))
            and self.within(one.completed_on, said.get("completed"))
            and self.within(one.created_on, said.get("created"))
            for one in self.jobs.get(customer.id, [])
        )

    def of_job(self, job: Any, said: Said) -> bool:
        return (
            among(job.job_type_id, said, "job_types")
            and among(job.business_unit_id, said, "business_units")
            and tagged(job.tag_type_ids, said)
        )

    def _appointment(self, customer: Any, said: Said) -> bool:
        return any(
            one.active
            and among(one.status, said, "statuses")
            and self.within(one.start, said.get("starts"))
            and said.get("unused", one.unused) == one.unused
            and self.of_job(self.world.jobs.get(one.job_id), said)
            for one in self.appointments.get(customer.id, [])
        )

    def _membership(self, customer: Any, said: Said) -> bool:
        return any(
            (one.status in said["statuses"] if "statuses" in said else one.active)
            and among(one.membership_type_id, said, "types")
            and among(one.business_unit_id, said, "business_units")
            and self.within(one.starts_on, said.get("starts"))
            and self.within(one.ends_on, said.get("ends"))
            for one in self.memberships.get(customer.id, [])
        )

    def _service_event(self, customer: Any, said: Said) -> bool:
        return any(
            among(event.status, said, "statuses")
            and self.within(event.date, said.get("due"))
            and among(service.recurring_service_type_id, said, "service_types")
            and among(service.job_type_id, said, "job_types")
            and among(service.business_unit_id, said, "business_units")
            for event, service in self.events.get(customer.id, [])
        )

    def within(self, moment: int | None, window: Said | None) -> bool:
        if window is None:
            return True
        if moment is None:
            return False
        day = datetime.fromtimestamp(moment, self.zone).date()
        if "days_ago" in window:
            ago = (self.today - day).days
            return between(ago, {"min": 0, **window["days_ago"]})
        if "days_ahead" in window:
            ahead = (day - self.today).days
            return between(ahead, {"min": 0, **window["days_ahead"]})
        first = date.fromisoformat(window.get("from", "1900-01-01"))
        return first <= day <= date.fromisoformat(window.get("to", "2999-01-01"))


def leaves(node: Said) -> Iterator[tuple[str, Said]]:
    [(kind, said)] = node.items()
    if kind in {"all", "any"}:
        for one in said:
            yield from leaves(one)
    elif kind == "not":
        yield from leaves(said)
    else:
        yield kind, said


def tagged(tags: tuple[int, ...], said: Said) -> bool:
    wanted, has = said.get("tags", {}), set(tags)
    return (
        ("any" not in wanted or bool(has & set(wanted["any"])))
        and has >= set(wanted.get("all", ()))
        and not has & set(wanted.get("none", ()))
    )


def zipped(code: str, said: Said) -> bool:
    return "zips" not in said or code.startswith(tuple(said["zips"]))


def among(value: Any, said: Said, field: str) -> bool:
    return field not in said or value in said[field]


def between(value: float, span: Said | None) -> bool:
    return span is None or bool(span.get("min", -1e18) <= value <= span.get("max", 1e18))


class Drawer:
    """Definitions drawn from a seed, of every kind of condition and group."""

    def __init__(self, seed: int, today: date) -> None:
        self.draw, self.today = random.Random(seed), today

    def definition(self) -> Definition:
        drawn: Definition = {"match": self.node(3)}
        if self.draw.random() < 0.5:
            drawn["phone"] = self.draw.choice(["any", "call", "text"])
        if self.draw.random() < 0.5:
            drawn["purpose"] = self.draw.choice(["marketing", "service"])
        return drawn

    def node(self, depth: int) -> Said:
        kind = self.draw.random()
        if depth > 1 and kind < 0.35:
            return {"all": [self.node(depth - 1) for _ in range(self.draw.randint(1, 3))]}
        if depth > 1 and kind < 0.55:
            return {"any": [self.node(depth - 1) for _ in range(self.draw.randint(1, 3))]}
        if depth > 1 and kind < 0.7:
            return {"not": self.node(depth - 1)}
        name = self.draw.choice(list(FIELDS))
        fields = FIELDS[name]
        chosen = self.draw.sample(sorted(fields), self.draw.randint(1, min(2, len(fields))))
        return {name: {field: self.value(fields[field]) for field in chosen}}

    def value(self, form: Any) -> Any:
        draw = self.draw
        if form == "flag":
            return draw.random() < 0.5
        if form == "amount":
            low = draw.randint(0, 1500)
            return draw.choice([{"min": low}, {"max": low}, {"min": low, "max": low + draw.randint(0, 900)}])
        if form == "zips":
            return [f"{draw.randint(0, 9)}" for _ in range(draw.randint(1, 4))]
        if form == "tags":
            how = draw.sample(["any", "all", "none"], draw.randint(1, 2))
            return {one: draw.sample(range(101, 108), 1 if one == "all" else draw.randint(1, 4)) for one in how}
        if isinstance(form, tuple):
            return self.window(form)
        return draw.sample(form, draw.randint(1, len(form)))

    def window(self, form: tuple[str, ...]) -> Said:
        kind = self.draw.choice(form)
        low = self.draw.randint(0, 500)
        if kind == "dates":
            first = self.today - timedelta(days=low)
            return {"from": first.isoformat(), "to": (first + timedelta(days=self.draw.randint(0, 700))).isoformat()}
        if kind == "days_ahead":
            low = self.draw.randint(0, 10)
        spans: list[Said] = [{"min": low}, {"max": low}, {"min": low, "max": low + self.draw.randint(0, 400)}]
        return {kind: self.draw.choice(spans)}


_PAST, _FUTURE = ("days_ago", "dates"), ("days_ahead", "days_ago", "dates")
_WORK: dict[str, Any] = {
    "job_types": list(range(301, 308)),
    "business_units": list(range(201, 206)),
    "tags": "tags",
}
FIELDS: dict[str, dict[str, Any]] = {
    "customer": {
        "types": ["Residential", "Commercial"],
        "tags": "tags",
        "zips": "zips",
        "balance": "amount",
        "created": _PAST,
        "do_not_service": "flag",
        "do_not_text": "flag",
        "marketing": "flag",
    },
    "location": {"zips": "zips"},
    "job": {
        **_WORK,
        "statuses": ["Scheduled", "Dispatched", "InProgress", "Hold", "Completed", "Canceled"],
        "campaigns": list(range(401, 405)),
        "total": "amount",
        "completed": _PAST,
        "created": _PAST,
    },
    "appointment": {
        **_WORK,
        "statuses": ["Scheduled", "Dispatched", "Working", "Hold", "Done", "Canceled"],
        "starts": _FUTURE,
    },
    "membership": {
        "statuses": ["Active", "Suspended", "Expired", "Canceled"],
        "types": [601, 602, 603],
        "business_units": [201, 202, 203],
        "starts": _PAST,
        "ends": _FUTURE,
    },
    "service_event": {
        "statuses": ["NotAttempted", "Unreachable", "Won", "Dismissed"],
        "due": _FUTURE,
        "service_types": [701, 702],
        "job_types": [301, 302],
        "business_units": [201, 202, 203],
    },
}


def midnight(day: date, timezone: str) -> datetime:
    """The beginning of a day."""
    return datetime.combine(day, time(), ZoneInfo(timezone))
