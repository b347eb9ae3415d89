"""A short run of the fault suite: a few seeds that together have every fault. `outbound dev faults` runs more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import pytest

from cli import app
from cli.dev.databases import Server
from cli.dev.faults import command
from cli.dev.faults.crew import Nursery
from cli.dev.faults.draw import make_plan
from cli.dev.faults.judge import Finding
from cli.dev.faults.plan import Death, Plan
from cli.dev.faults.play import Report, play
from cli.dev.faults.run import Heard

SEEDS = (8308, 7830, 7077)


def kinds(plan: Plan) -> set[str]:
    """What a plan will try."""
    found = {f"{fault['kind']} {fault.get('methods', '')}{fault.get('taken', '')}" for fault in plan.faults}
    found |= {step.act for step in plan.steps} | {f"grows by {one.grows}" for one in plan.campaigns if one.grows}
    found |= {"a lead twice at once" for lead in plan.leads if lead.times > 1}
    found |= {f"{'dies' if isinstance(fate, Death) else 'freezes'} in {fate.call}" for fate in plan.fates if fate}
    return found | {f"starts in month {plan.start.month}"}


def test_the_seeds_have_every_fault_between_them() -> None:
    every = set().union(*(kinds(make_plan(seed)) for seed in range(300)))
    assert set().union(*(kinds(make_plan(seed)) for seed in SEEDS)) == every


def test_a_seed_is_the_same_plan_again() -> None:
    assert make_plan(123) == make_plan(123)
    assert make_plan(123) != make_plan(124)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("seed", SEEDS)
async def test_no_rule_is_broken(seed: int, server: Server, nursery: Nursery) -> None:
    report = await play(server, nursery, make_plan(seed))
    assert report.findings == []
    assert report.tried["attempts"] > 0


def test_the_command_says_what_was_tried_and_which_seeds_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def play_none(seeds: Sequence[int], heard: Heard) -> None:
        for seed in seeds:
            findings = [Finding("nobody reached twice", "job 1")] if seed == 6 else []
            heard(Report(seed, findings, 1.0, Counter(runs=1, calls=seed)))

    monkeypatch.setattr(command, "run", play_none)
    assert app.run(["dev", "faults", "--seeds", "3", "--from", "4", "--json"]) == 1
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["tried"] == {"calls": 15, "runs": 3}
    assert [report["seed"] for report in told["failed"]] == [6]
    assert "outbound dev faults --seed 6" in said.err

    assert app.run(["dev", "faults", "--seed", "5"]) == 0
    shown = capsys.readouterr().out
    assert "The plan of seed 5" in shown
    assert str(make_plan(5).campaigns[0].name) in shown
