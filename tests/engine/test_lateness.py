"""What a pause makes late, and what it doesn't."""

from __future__ import annotations

from tests.engine.steps import Connection, assert_nothing_is_lost, rows, states, step
from tests.support import engine
from tests.support.engine import Scene

WEEKDAYS = {
    "business_hours": {
        "windows": {
            day: [{"start": "09:00", "end": "17:00"}]
            for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
        }
    }
}


def _resume_before_a_weekend(connection: Connection) -> Scene:
    """Two people a day from Wednesday on, at most two days late; paused on Thursday, resumed on Friday at noon."""
    call = WEEKDAYS | {"batching": {"size": 2, "interval": "P1D"}}
    scene = engine.set_scene(connection, people=8, launch=False, call=call)
    engine.move_clock(connection, "2 days")
    connection.execute("update public.campaigns set max_lateness = 'P2D'")
    connection.execute("select public.launch_campaign(%s)", [scene.campaign_id])
    engine.dispatch(connection)
    engine.move_clock(connection, "22 hours")
    step(connection, "pause", scene)
    engine.move_clock(connection, "1 day 2 hours")
    step(connection, "resume", scene)
    return scene


def _days_of_calls(connection: Connection) -> list[str]:
    """Work hour by hour for five days; the weekday on which each call began."""
    for _ in range(5 * 24):
        engine.dispatch(connection)
        engine.move_clock(connection, "1 hour")
    return [
        str(day)
        for (day,) in rows(
            connection,
            "select to_char(begun_at at time zone 'America/New_York', 'Dy') from engine.attempts order by begun_at",
        )
    ]


def test_whom_a_resume_moves_over_a_weekend_is_not_late(admin: Connection) -> None:
    """Thursday's go on Friday, and Friday's on Monday, more than two days after they were due."""
    scene = _resume_before_a_weekend(admin)
    days = _days_of_calls(admin)
    assert states(admin).get("FAILED too_late", 0) == 0
    assert days == ["Wed", "Wed", "Fri", "Fri", "Mon", "Mon", "Tue", "Tue"]
    assert_nothing_is_lost(admin, scene)


def test_how_late_somebody_was_at_the_resume_still_counts(admin: Connection) -> None:
    """Nobody works on Friday: Thursday's people, more than a day late by then, have less than a day left."""
    scene = _resume_before_a_weekend(admin)
    lateness = "extract(epoch from greatest(run_at, engine.now()) - due_at)::integer / 3600"
    late = [hours for (hours,) in rows(admin, f"select {lateness} from engine.jobs where status = 'READY' order by 1")]
    assert late == [0, 0, 3, 3, 27, 27], "what the move adds is not lateness"
    engine.move_clock(admin, "22 hours")
    assert engine.claim(admin) == []
    assert states(admin) == {"ACTIVE": 6, "FAILED too_late": 2}
    assert_nothing_is_lost(admin, scene)
