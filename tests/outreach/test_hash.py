"""What makes two items the same, hashed here as docs/outreach.md says."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

KINDS = [("reschedule", "call"), ("maintenance", "call"), ("maintenance", "text"), ("text", "text")]
WORK = [(7001, 9001), (7001, None), (None, 9001), (None, None)]


@pytest.fixture
def team(db: psycopg.Connection[Any]) -> Any:
    db.execute("select tests.set_clock('2027-03-01 01:30+00')")  # the day before, in New York
    [made] = db.execute("select tests.create_team('Acme', 'ann@acme.example')").fetchone() or []
    db.execute("select tests.connect_providers(%s)", [made])
    return made


@pytest.mark.parametrize(("kind", "channel"), KINDS)
def test_the_hash_is_what_the_page_says(db: psycopg.Connection[Any], team: Any, kind: str, channel: str) -> None:
    [audience] = db.execute("select tests.create_list(%s, %s)", [team, len(WORK)]).fetchone() or []
    members = db.execute(
        "select m.contact_id, c.phone from public.audience_members m join public.contacts c on c.id = m.contact_id"
        " where m.list_id = %s order by c.phone",
        [audience],
    ).fetchall()
    expected = {}
    day = datetime.fromisoformat("2027-03-01T01:30+00:00").astimezone(ZoneInfo("America/New_York")).date()
    for (contact, phone), (job, appointment) in zip(members, WORK, strict=True):
        db.execute(
            "update public.audience_members set servicetitan_job_id = %s, servicetitan_appointment_id = %s"
            " where list_id = %s and contact_id = %s",
            [job, appointment, audience, contact],
        )
        if appointment and (kind == "reschedule" or not job):
            about = f"appointment {appointment}"
        else:
            about = f"job {job}" if job else f"day {day}"
        text = "|".join(("outreach", str(team), kind, channel, about, phone))
        expected[phone] = hashlib.sha256(text.encode()).digest()
    found = db.execute(
        "select p.phone, p.dedupe_hash from public.audience_lists l,"
        " engine.plan_outreach(l, %s::public.outreach_kind, %s::public.contact_channel) p where l.id = %s",
        [kind, channel, audience],
    ).fetchall()
    assert dict(found) == expected
    assert len(set(expected.values())) == len(WORK)
