"""The population: the same seed, the same people, in whatever order they are met."""

from collections import Counter

import pytest
from pydantic import ValidationError

from tests.workers.sandbox.harness import Running
from workers.sandbox.people import CallPlan, Rates, TextPlan
from workers.sandbox.population import DEAD_REASON, Population

NUMBERS = [f"+1{area}555{line:04}" for area in range(201, 216) for line in range(100, 200)]


def lives(population: Population, numbers: list[str]) -> dict[str, list[CallPlan | TextPlan]]:
    """Two calls and a text for each, as they come."""
    met: dict[str, list[CallPlan | TextPlan]] = {}
    for number in numbers:
        met[number] = [population.next_call(number), population.next_text(number), population.next_call(number)]
    return met


def test_what_people_do_depends_on_the_seed_and_not_on_the_order() -> None:
    forwards = lives(Population("s", Rates()), NUMBERS)
    backwards = lives(Population("s", Rates()), NUMBERS[::-1])
    other = lives(Population("t", Rates()), NUMBERS)
    assert forwards == backwards
    changed = sum(forwards[number] != other[number] for number in NUMBERS)
    assert changed > len(NUMBERS) * 0.9


def test_the_rates_come_out() -> None:
    rates = Rates(dead_number=0)
    population = Population("rates", rates)
    first = Counter(population.next_call(number).outcome for number in NUMBERS)
    for outcome in ("booked", "answered", "opted_out", "voicemail", "no_answer", "busy", "failed"):
        assert first[outcome] / len(NUMBERS) == pytest.approx(getattr(rates, outcome), abs=0.035), outcome
    second = [population.next_call(number).outcome for number in NUMBERS]
    reached = sum(outcome in {"booked", "answered", "opted_out"} for outcome in second)
    assert reached / len(NUMBERS) == pytest.approx(rates.answered_later, abs=0.035)


def test_texts_come_out_in_every_kind() -> None:
    population = Population("texts", Rates())
    plans = [population.text(number, 1) for number in NUMBERS]
    refused = sum(plan.refuse == 21614 for plan in plans)
    undelivered = {plan.error_code for plan in plans if plan.outcome != "delivered" and plan.refuse is None}
    replied = [plan.replies[0] for plan in plans if plan.replies]
    delivered = sum(plan.outcome == "delivered" for plan in plans)
    assert 0 < refused < len(NUMBERS) * 0.05
    assert undelivered == {30003, 30005, 30006, 30007, 30008, 30034}
    assert len(replied) / delivered == pytest.approx(Rates().replied, abs=0.04)
    bodies = {reply.body for reply in replied}
    assert {"YES", "STOP", "Who is this?", "Take me off your list", "wrong number"} <= bodies


def test_a_dead_number_stays_dead_and_a_landline_takes_no_text() -> None:
    population = Population("dead", Rates(dead_number=0.5, landline=0.5))
    dead = [number for number in NUMBERS if population.is_dead(number)]
    assert 0.4 < len(dead) / len(NUMBERS) < 0.6
    for number in dead[:50]:
        assert {population.call(number, nth).ended_reason for nth in range(1, 5)} == {DEAD_REASON}
    for number in [number for number in NUMBERS if population.is_landline(number)][:50]:
        outcomes = {(plan.refuse, plan.error_code) for plan in (population.text(number, nth) for nth in range(1, 5))}
        assert outcomes in ({(21614, None)}, {(None, 30006)})


def test_rates_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValidationError, match="add up to 1"):
        Rates(booked=0.9)


def test_a_script_goes_in_turn_and_its_last_part_for_ever(rehearsal: Running) -> None:
    number = "+12025550101"
    rehearsal.script(number, calls=[{"outcome": "no_answer"}, {"outcome": "busy"}, {"outcome": "booked"}])
    outcomes = []
    for _ in range(4):
        outcomes.append(rehearsal.control.get(f"/people/{number}").json()["next_calls"][0]["outcome"])
        rehearsal.call(number)
    assert outcomes == ["no_answer", "busy", "booked", "booked"]


def test_a_script_is_checked(rehearsal: Running) -> None:
    answer = rehearsal.control.put("/people/+12025550101", json={"calls": [{"outcome": "married"}]})
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["path"] == "calls.0.outcome"
    assert rehearsal.control.get("/people/911").status_code == 400


def test_rates_can_be_changed_while_it_runs(rehearsal: Running) -> None:
    sure = {"booked": 1, "answered": 0, "opted_out": 0, "voicemail": 0, "no_answer": 0, "busy": 0, "failed": 0}
    assert rehearsal.control.put("/people", json={"rates": {**sure, "dead_number": 0}}).status_code == 200
    assert rehearsal.control.put("/people", json={"rates": {"booked": 0.5}}).status_code == 400
    plans = rehearsal.control.get("/people/+12025550177").json()["next_calls"]
    assert {plan["outcome"] for plan in plans} == {"booked"}
