"""Answers of the analytics calls, in their shapes: the demo's campaign after two days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

CAMPAIGN = "01a19f9e-8f54-7dd2-a2ec-4b9e3c1f0a11"
AS_OF = "2027-03-03T19:30:00+00:00"

METRICS: dict[str, Any] = {
    "campaign_id": CAMPAIGN, "status": "ACTIVE", "as_of": AS_OF, "enrolled": 357, "active": 12, "waiting": 7,
    "queued": 3, "in_progress": 2, "completed": 221, "booked": 65, "opted_out": 36, "suppressed": 4, "failed": 19,
    "cancelled": 0, "skipped": 1, "completed_today": 48, "booking_rate": 0.1901,
    "channels": {
        "call": {"waiting": 2, "queued": 3, "in_progress": 1, "completed": 440, "failed": 16, "skipped": 1,
                 "cancelled": 0},
        "text": {"waiting": 5, "queued": 0, "in_progress": 1, "completed": 203, "failed": 13, "skipped": 0,
                 "cancelled": 0},
    },
}  # fmt: skip

NODES: list[dict[str, Any]] = [
    {
        "node_id": "call", "type": "call", "label": "Call about the tune-up", "workflow_versions": [1], "as_of": AS_OF,
        "scheduled": 463, "waiting": 2, "queued": 3, "in_progress": 1, "completed": 440, "failed": 16, "cancelled": 0,
        "skipped": 1, "booked": 65, "replied": 0, "opted_out": 23,
        "outcomes": {"voicemail": 126, "answered": 102, "no_answer": 99, "booked": 65, "busy": 25, "opted_out": 23,
                     "failed": 16},
    },
    {
        "node_id": "text", "type": "text", "label": "Text with the offer", "workflow_versions": [1], "as_of": AS_OF,
        "scheduled": 156, "waiting": 5, "queued": 0, "in_progress": 0, "completed": 144, "failed": 7, "cancelled": 0,
        "skipped": 0, "booked": 0, "replied": 49, "opted_out": 13,
        "outcomes": {"no_reply": 82, "replied": 49, "opted_out": 13, "undeliverable": 7},
    },
    {
        "node_id": "confirmation", "type": "text", "label": "Confirm the booking", "workflow_versions": [1],
        "as_of": AS_OF, "scheduled": 66, "waiting": 0, "queued": 0, "in_progress": 1, "completed": 59, "failed": 6,
        "cancelled": 0, "skipped": 0, "booked": 0, "replied": 0, "opted_out": 0,
        "outcomes": {"delivered": 59, "undeliverable": 6},
    },
]  # fmt: skip

AUDIENCE: dict[str, Any] = {
    "campaign_id": CAMPAIGN, "as_of": AS_OF, "size": 357, "reached": 342, "reachable": 317, "booked": 65,
    "suppressed": {"opted_out": 36, "suppressed_litigator": 3, "timezone_unknown": 1},
    "by_source": {"csv": {"size": 300, "reached": 290, "booked": 60},
                  "servicetitan": {"size": 57, "reached": 52, "booked": 5}},
    "by_zone": {"America/New_York": {"size": 201, "reached": 195, "booked": 40},
                "America/Chicago": {"size": 98, "reached": 92, "booked": 20},
                "America/Denver": {"size": 58, "reached": 55, "booked": 5}},
}  # fmt: skip

FAILURES: list[dict[str, Any]] = [
    {"as_of": AS_OF, "status": "FAILED", "reason_code": "undeliverable", "contacts": 13,
     "message": "The number cannot be reached.", "cure": "Correct the number at its source."},
    {"as_of": AS_OF, "status": "FAILED", "reason_code": "pipeline-error", "contacts": 6,
     "message": "The provider's reason is pipeline-error.", "cure": None},
    {"as_of": AS_OF, "status": "SUPPRESSED", "reason_code": "suppressed_litigator", "contacts": 4,
     "message": "The number belongs to a known litigator.", "cure": "Nothing."},
]  # fmt: skip


def points(count: int = 54, **phases: int) -> list[dict[str, Any]]:
    """A point for each hour from a Monday's nine o'clock in New York on; each phase is said as its highest count."""
    began = datetime(2027, 3, 1, 14, tzinfo=UTC)
    peaks = {"enrolled": 357, "dialled": 40, "answered": 14, "sent": 20, "delivered": 18, "replied": 5, "booked": 6,
             "opted_out": 3, "failed": 2} | phases  # fmt: skip
    return [
        {"bucket": (began + timedelta(hours=hour)).isoformat()}
        | {
            name: (peak if hour == 0 else 0) if name == "enrolled" else peak * max(0, 11 - abs(12 - hour % 24)) // 11
            for name, peak in peaks.items()
        }
        for hour in range(count)
    ]


def campaign(name: str = "Spring tune-ups") -> dict[str, Any]:
    """What `get_campaign` says of it, as far as a report reads it."""
    return {
        "id": CAMPAIGN, "name": name, "status": "ACTIVE", "started_at": "2027-03-01T14:00:00+00:00", "ended_at": None,
        "list": {"name": "Owners"}, "workflow": {"id": "w", "name": "Tune-up reminder", "version": 1},
        "phone_number": {"phone": "+12125550100"},
    }  # fmt: skip
