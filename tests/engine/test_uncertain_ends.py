"""Invariant 2 at the end of a visit: what may have arrived is not sent again by any retry rule.

What a provider took and then knew nothing of, or never brought to an end, may have reached the person. An operator may
try it again.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.support import engine

RETRY = {"retry": {"outcomes": ["failed", "no_answer"], "max_retries": 2, "delay": "PT1H"}}


def _visits(admin: psycopg.Connection[Any], scene: engine.Scene) -> list[tuple[Any, ...]]:
    return [row[1:] for row in engine.jobs(admin, scene)]


@pytest.mark.parametrize(
    ("found", "pause", "reason"),
    [(False, "30 minutes", "provider_lost_it"), (True, "7 hours", "never_ended")],
)
def test_a_call_whose_end_nobody_knows_is_not_dialled_again(
    admin: psycopg.Connection[Any], found: bool, pause: str, reason: str
) -> None:
    scene = engine.set_scene(admin, call=RETRY)
    [attempt] = engine.dispatch(admin)
    engine.move_clock(admin, pause)
    assert engine.look_up(admin, attempt, found=found, status="in-progress") == ["FAILED"]
    assert _visits(admin, scene) == [(1, "FAILED", "failed", reason)]
    assert engine.enrollments(admin, scene) == {"FAILED": 1}
    admin.execute("select public.retry_failed_enrollments(%s)", [scene.campaign_id])
    assert _visits(admin, scene)[1][:2] == (2, "READY"), "an operator decides"


def test_a_call_in_doubt_when_the_account_changed_is_not_dialled_again(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, call=RETRY)
    [attempt] = engine.begin(admin, engine.claim(admin))
    engine.record(admin, [attempt], "unknown")
    admin.execute("select public.upsert_integration('vapi', 'OTHER', null, 10, true, %s)", [scene.team.id])
    engine.move_clock(admin, "10 minutes")
    assert engine.look_up(admin, attempt, found=False) == ["FAILED"]
    assert _visits(admin, scene) == [(1, "FAILED", "failed", "account_changed")]


def test_a_call_that_is_known_to_have_failed_is_retried(admin: psycopg.Connection[Any]) -> None:
    scene = engine.set_scene(admin, call=RETRY)
    [attempt] = engine.dispatch(admin)
    engine.ingest(admin, engine.call_report(attempt, "pipeline-error-openai-llm-failed"))
    assert [visit[:2] for visit in _visits(admin, scene)] == [(1, "FAILED"), (2, "READY")]
