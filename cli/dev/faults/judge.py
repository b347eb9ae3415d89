"""The judge: reads the sandbox's log and the moments of commits, and says which rule was broken.

It asks the product nothing that the product could get wrong in the same way: the law, the business hours and the
words of a stop are written down here, in `places` or in `texts` a second time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from cli.dev.faults.arrivals import Brought
from cli.dev.faults.graphs import business_hours
from cli.dev.faults.places import daily_limit, is_business, is_legal
from cli.dev.faults.record import Attempt, Record, Turn, attempt_of
from cli.dev.faults.texts import says_start, says_stop, stopped_by_text

OVER = frozenset({"COMPLETED", "CANCELLED"})
_FOREVER = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
MILLISECOND = timedelta(milliseconds=1)
"""The log cuts its moments to it."""


@dataclass(frozen=True)
class Finding:
    """A broken rule."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


def judge(record: Record) -> list[Finding]:
    """Every rule, over everything that happened."""
    return [Finding(name, what) for name, rule in RULES.items() for what in rule(record)]


def _requests_follow_attempts(record: Record) -> Iterator[str]:
    for entry in record.requests:
        attempt = record.attempts.get(attempt_of(entry) or "")
        if attempt is None:
            yield f"request {entry['seq']} to {entry['correlation'].get('to')} carries no attempt that was committed"
        elif attempt.committed_at > _moment(entry["real_at"]) + MILLISECOND:
            yield f"request {entry['seq']} came before its attempt {attempt.id} was committed"


def _nobody_twice(record: Record) -> Iterator[str]:
    # A call that found no free line at the provider reached nobody, and is tried again.
    by_attempt = Counter(attempt.id for attempt in _reached(record))
    by_job = Counter(attempt.job for attempt in _dialled(record))
    for name, counts in (("attempt", by_attempt), ("job", by_job)):
        for identifier, times in counts.items():
            if times > 1:
                yield f"the providers acted {times} times on {name} {identifier}"


def _visits_are_made_once(record: Record) -> Iterator[str]:
    visits = Counter((job["enrollment"], job["node_id"], job["visit"]) for job in record.jobs)
    for (enrollment, node, visit), times in visits.items():
        if times > 1:
            yield f"enrollment {enrollment} has {times} jobs for visit {visit} of {node}"


def _nothing_after_an_opt_out(record: Record) -> Iterator[str]:
    yield from _begun_while(record, _spans(record.suppressions, "suppressed"), "was suppressed")


def _nothing_after_a_stop_was_heard(record: Record) -> Iterator[str]:
    """By the sandbox's own log: who said stop, and when the receiver had confirmed it."""
    for phone, since, until in _heard_stops(record):
        for attempt in record.attempts.values():
            if attempt.phone == phone and since < attempt.committed_at < until:
                yield f"attempt {attempt.id} to {phone} began at {attempt.committed_at}, after her stop at {since}"


def _nothing_from_a_stopped_campaign(record: Record) -> Iterator[str]:
    turns = [
        Turn(move.subject, None, "stopped" if move.state in {"PAUSED", "CANCELLED"} else "going", move.committed_at)
        for move in record.moves
    ]
    for (campaign, _), spans in _spans(turns, "stopped").items():
        for attempt in record.attempts.values():
            for since, until in spans:
                if attempt.campaign == campaign and since < attempt.committed_at < until:
                    began = f"attempt {attempt.id} of campaign {campaign} began at {attempt.committed_at}"
                    yield f"{began}, stopped at {since}"


def _only_at_legal_hours(record: Record) -> Iterator[str]:
    people = {person.phone: person for person in record.plan.people}
    for attempt in _reached(record):
        place = people[attempt.phone].place
        if not is_legal(place, attempt.begun_at):
            yield f"attempt {attempt.id} to {attempt.phone} ({', '.join(place.zones)}) began at {attempt.begun_at}"


def _only_at_business_hours(record: Record) -> Iterator[str]:
    people = {person.phone: person for person in record.plan.people}
    hours = dict(zip(record.campaign_ids, (business_hours(one.graph) for one in record.plan.campaigns), strict=True))
    for attempt in _reached(record):
        place, open_hours = people[attempt.phone].place, hours[attempt.campaign][attempt.node]
        if not is_business(open_hours, place, record.plan.team_zone, attempt.begun_at):
            yield f"attempt {attempt.id} at node {attempt.node} began at {attempt.begun_at}, outside {open_hours}"


def _not_too_often_a_day(record: Record) -> Iterator[str]:
    for person in record.plan.people:
        limit = daily_limit(person.place)
        if limit is None:
            continue
        for zone in person.place.zones:
            for channel in ("call", "text"):
                days = Counter(
                    attempt.begun_at.astimezone(ZoneInfo(zone)).date()
                    for attempt in _dialled(record)
                    if attempt.phone == person.phone and attempt.channel == channel
                )
                for day, times in days.items():
                    if times > limit:
                        yield f"{person.phone} was reached {times} times by {channel} on {day}, {limit} are allowed"


def _not_too_often_for_the_team(record: Record) -> Iterator[str]:
    caps = record.plan.caps
    if caps.contacts is None:
        return
    for person in record.plan.people:
        moments = sorted(one.begun_at for one in _dialled(record) if one.phone == person.phone)
        for moment in moments:
            times = sum(moment - caps.window < other <= moment for other in moments)
            if times > caps.contacts:
                yield f"{person.phone} was reached {times} times within {caps.window} before {moment}"


def _not_too_much_for_the_number(record: Record) -> Iterator[str]:
    caps, zone = record.plan.caps, ZoneInfo(record.plan.team_zone)
    if caps.per_minute is not None:
        moments = sorted(one.begun_at for one in record.attempts.values())
        for moment in moments:
            times = sum(moment - timedelta(minutes=1) < other <= moment for other in moments)
            if times > caps.per_minute:
                yield f"{times} attempts began in the minute before {moment}, {caps.per_minute} are allowed"
    if caps.per_day is not None:
        for day, times in Counter(one.begun_at.astimezone(zone).date() for one in _dialled(record)).items():
            if times > caps.per_day:
                yield f"{times} people were reached on {day}, {caps.per_day} are allowed"


def _nobody_while_on_the_phone(record: Record) -> Iterator[str]:
    for call in record.calls:
        for attempt in _reached(record):
            during = call.created_at < attempt.begun_at and (call.ended_at is None or attempt.begun_at < call.ended_at)
            if attempt.phone == call.number and attempt.id != call.attempt and during:
                yield f"attempt {attempt.id} began at {attempt.begun_at}, in a call of ours to {call.number}"


def _everybody_is_enrolled(record: Record) -> Iterator[str]:
    enrolled: defaultdict[str, list[str]] = defaultdict(list)
    for enrollment in record.enrollments:
        enrolled[enrollment["campaign"]].append(enrollment["phone"])
    status = {campaign["id"]: campaign["status"] for campaign in record.campaigns}
    started = {move.subject for move in record.moves if move.state == "ACTIVE"}
    cancelled_at = {move.subject: move.committed_at for move in record.moves if move.state == "CANCELLED"}
    for campaign_id, campaign in zip(record.campaign_ids, record.plan.campaigns, strict=True):
        listed = {record.plan.people[index].phone for index in campaign.people}
        came = [one for one in record.brought if record.campaign_ids[one.lead.campaign] == campaign_id]
        # Who came while it was being cancelled may be enrolled or not.
        cancelled = cancelled_at.get(campaign_id, _FOREVER)
        must = listed | {_phone(record, one) for one in came if one.answered_at < cancelled}
        may = must | {_phone(record, one) for one in came if one.asked_at < cancelled}
        has = enrolled[campaign_id]
        if campaign_id in started and (not must <= set(has) <= may or len(has) > len(set(has))):
            missing, more = must - set(has), (Counter(has) - Counter(may)).elements()
            yield f"{campaign.name} ({status[campaign_id]}) lacks {sorted(missing)} and has {sorted(more)}"


def _leads_are_kept_once(record: Record) -> Iterator[str]:
    """What was brought is there, once, and is who was brought; by the source's id, or else by number and day."""
    zone = ZoneInfo(record.plan.team_zone)
    rows = {row["id"]: row for row in record.leads}
    kept = Counter(
        (row["key"] or row["phone"], None if row["key"] else row["received_at"].astimezone(zone).date())
        for row in record.leads
    )
    for (known_by, day), times in kept.items():
        if times > 1:
            yield f"{known_by} is kept as {times} leads" + (f" of {day}" if day else "")
    for one in record.brought:
        if one.lead_id is not None and rows.get(one.lead_id, {}).get("phone") != _phone(record, one):
            yield f"{one.lead} was taken as {one.lead_id}, which is {rows.get(one.lead_id)}"
    new = Counter(one.lead_id for one in record.brought if one.lead_id is not None and not one.is_duplicate)
    for lead_id, times in new.items():
        if times > 1:
            yield f"lead {lead_id} was taken as new {times} times"


def _who_comes_is_a_member_once(record: Record) -> Iterator[str]:
    members = Counter((row["campaign"], row["phone"]) for row in record.members)
    for one in record.brought:
        times = members[record.campaign_ids[one.lead.campaign], _phone(record, one)]
        if times != 1:
            yield f"{one.lead} was taken, and is {times} times in the list"


def _everything_ends(record: Record) -> Iterator[str]:
    for campaign in record.campaigns:
        if campaign["status"] not in OVER:
            yield f"{campaign['name']} is {campaign['status']}"
    for enrollment in record.enrollments:
        if enrollment["status"] == "ACTIVE":
            yield f"enrollment {enrollment['id']} is still ACTIVE"
    for job in record.jobs:
        if job["status"] not in {"DONE", "FAILED", "CANCELLED"}:
            yield f"job {job['id']} is still {job['status']}"


def _counters_equal_a_recount(record: Record) -> Iterator[str]:
    for row in record.miscounted:
        yield f"{row['side']} {row['node_id'] or 'enrollments'} {row['state']} {row['outcome']}: {row['amount']}"


def _outcomes_are_what_happened(record: Record) -> Iterator[str]:
    """A call that was answered, booked or refused is known as that, whatever became of its webhooks."""
    jobs = {job["id"]: job for job in record.jobs}
    for call in record.calls:
        attempt = record.attempts.get(call.attempt or "")
        job = jobs.get(attempt.job) if attempt else None
        if job is None or job["status"] == "CANCELLED" or call.outcome is None:
            continue
        if call.outcome == "booked" and call.booking_via == "tool":
            continue  # only a webhook told it, and that may be lost
        if job["outcome"] not in ({"undeliverable", "no_answer"} if call.outcome == "failed" else {call.outcome}):
            yield f"job {job['id']} has outcome {job['outcome']} ({job['reason_code']}), the call was {call.outcome}"


def _who_opted_out_is_suppressed(record: Record) -> Iterator[str]:
    readmitted = {turn.subject for turn in record.suppressions if turn.state == "readmitted"}
    said = {call.number for call in record.calls if call.outcome == "opted_out"}
    for phone in sorted(said - record.opted_out - readmitted):
        yield f"{phone} opted out in a call and is not suppressed"


def _who_texted_a_stop_is_suppressed(record: Record) -> Iterator[str]:
    """Whatever became of the webhook: a reader has looked at the provider's list since, or had every chance to."""
    for phone, at in sorted(stopped_by_text(record.texts).items()):
        if phone not in record.opted_out:
            yield f"{phone} texted a stop at {at} and is not suppressed"


def _webhooks_are_welcome(record: Record) -> Iterator[str]:
    for entry in record.entries:
        if entry["kind"] == "webhook" and entry["status"] is not None and entry["status"] not in {200, 503}:
            yield f"webhook {entry['seq']} ({entry['correlation'].get('type')}) was answered {entry['status']}"


RULES: dict[str, Callable[[Record], Iterator[str]]] = {
    "no request without a committed attempt": _requests_follow_attempts,
    "nobody reached twice": _nobody_twice,
    "each visit once": _visits_are_made_once,
    "nothing begins after an opt-out": _nothing_after_an_opt_out,
    "nothing begins after a stop was heard": _nothing_after_a_stop_was_heard,
    "nothing begins in a stopped campaign": _nothing_from_a_stopped_campaign,
    "legal hours": _only_at_legal_hours,
    "business hours": _only_at_business_hours,
    "contacts a day": _not_too_often_a_day,
    "contacts of a person for the team": _not_too_often_for_the_team,
    "caps of a number": _not_too_much_for_the_number,
    "one call at a time": _nobody_while_on_the_phone,
    "everybody is enrolled": _everybody_is_enrolled,
    "each lead once": _leads_are_kept_once,
    "who comes is a member": _who_comes_is_a_member_once,
    "everything ends": _everything_ends,
    "counters equal a recount": _counters_equal_a_recount,
    "outcomes are what happened": _outcomes_are_what_happened,
    "who opted out is suppressed": _who_opted_out_is_suppressed,
    "who texted a stop is suppressed": _who_texted_a_stop_is_suppressed,
    "webhooks are welcome": _webhooks_are_welcome,
}


def _reached(record: Record) -> list[Attempt]:
    """The attempts that providers acted on."""
    found = (record.attempts.get(attempt_of(entry) or "") for entry in record.taken)
    return [attempt for attempt in found if attempt is not None]


def _dialled(record: Record) -> list[Attempt]:
    """Those of them that reached out to somebody: not the calls that ended before they were dialled."""
    dead = {call.attempt for call in record.calls if call.outcome is None}
    return [attempt for attempt in _reached(record) if attempt.id not in dead]


def _begun_while(
    record: Record, spans: dict[tuple[str, str | None], list[tuple[datetime, datetime]]], what: str
) -> Iterator[str]:
    for attempt in record.attempts.values():
        for since, until in spans.get((attempt.phone, attempt.channel), []):
            if since < attempt.committed_at < until:
                yield f"attempt {attempt.id} began at {attempt.committed_at}; {attempt.phone} {what} at {since}"


def _spans(turns: list[Turn], state: str) -> dict[tuple[str, str | None], list[tuple[datetime, datetime]]]:
    """From when to when a subject was in a state, by moments of commits."""
    by_subject: defaultdict[tuple[str, str | None], list[Turn]] = defaultdict(list)
    for turn in sorted(turns, key=lambda turn: turn.committed_at):
        by_subject[turn.subject, turn.channel].append(turn)
    return {
        subject: [
            (one.committed_at, following.committed_at if following else _FOREVER)
            for one, following in pairwise([*listed, None])
            if one is not None and one.state == state
        ]
        for subject, listed in by_subject.items()
    }


def _heard_stops(record: Record) -> Iterator[tuple[str, datetime, datetime]]:
    """Who said stop, from when on it was known, and when she said start again or for ever."""
    opted_out_calls = {call.attempt for call in record.calls if call.outcome == "opted_out"}
    starts: defaultdict[str, list[datetime]] = defaultdict(list)
    stops: list[tuple[str, datetime]] = []
    for entry in record.entries:
        if entry["kind"] != "webhook":
            continue
        kind, phone = entry["correlation"].get("type"), entry["correlation"].get("to", "")
        words = str((entry["body"] or {}).get("Body", "")) if kind == "inbound" else ""
        if says_start(words):
            # Sent, whether confirmed or not: from then on she may be reached again.
            starts[phone].append(_moment(entry["real_at"]))
        if entry["status"] != 200:
            continue
        if says_stop(words) or (kind == "end-of-call-report" and attempt_of(entry) in opted_out_calls):
            stops.append((phone, _moment(entry["real_at"]) + MILLISECOND))
    for phone, since in stops:
        # A start that was repeated, late or out of order may count at any time.
        yield phone, since, _FOREVER if not starts[phone] else min(since, *starts[phone])


def only_listed_stops(record: Record) -> set[str]:
    """Who texted a stop of which the receiver confirmed no webhook: the provider's list alone tells of it."""
    return set(stopped_by_text(record.texts)) - {phone for phone, _, _ in _heard_stops(record)}


def _phone(record: Record, brought: Brought) -> str:
    return record.plan.people[brought.lead.person].phone


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
