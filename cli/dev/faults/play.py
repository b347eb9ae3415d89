"""One run: a plan is played and judged."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.dev.databases import Server
from cli.dev.faults.crew import Crew, Nursery
from cli.dev.faults.director import Director
from cli.dev.faults.frost import GRACE, Freezer
from cli.dev.faults.judge import Finding, judge, only_listed_stops
from cli.dev.faults.plan import Plan
from cli.dev.faults.record import Record, take_record
from cli.dev.faults.scene import TEMPLATE, staged

CLOCKS_CHANGE = (datetime(2027, 3, 14, 10, tzinfo=UTC), datetime(2027, 11, 7, 10, tzinfo=UTC))
"""When they have changed in the last of the zones that change them."""
UNWANTED_LEVELS = frozenset({"error", "critical"})


@dataclass
class Report:
    """What came of a run."""

    seed: int
    findings: list[Finding]
    seconds: float
    tried: Counter[str]
    happened: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "seed": self.seed,
            "findings": [{"rule": finding.rule, "what": finding.what} for finding in self.findings],
            "seconds": round(self.seconds, 2),
            "tried": dict(sorted(self.tried.items())),
            "happened": self.happened,
        }


async def play(server: Server, nursery: Nursery, plan: Plan, template: str = TEMPLATE) -> Report:
    """Play a plan to its end, and judge."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="outbound-faults-") as folder:
        log = Path(folder) / "workers.log"
        log.touch()
        async with staged(server, plan, template) as scene:
            hold = scene.sandbox.driver.hold
            freezer = Freezer(scene.sandbox.stage, hold)
            crew = Crew(nursery, scene.environment(), log, deque(plan.fates), hold, freezer)
            director = Director(scene, crew)
            findings = []
            async with crew.at_work(plan.workers):
                await director.begin()
                stuck = await director.until_over()
                await director.settle()
                if stuck:
                    findings.append(Finding("everything ends", stuck))
                elif plan.ends_gently or freezer.notes:
                    # Who was frozen last may wake up only now: what it does then counts.
                    statuses = await crew.dismiss()
                    findings += [Finding("workers drain", f"a worker ended with {s}") for s in statuses if s != 0]
            record = await take_record(scene, director.brought, director.stops.texts)
        findings += judge(record)
        findings += [Finding("nobody is lost", f"enrollment {one} had no open job") for one in director.lost]
        findings += [Finding("counters equal a recount", f"in the middle: {row}") for row in director.miscounted]
        findings += [Finding("operators can act", problem) for problem in director.problems]
        findings += [Finding("workers live", f"a worker ended with {status}") for status in crew.strange_ends]
        findings += [Finding("nothing unexpected", line) for line in _complaints(log)]
    return Report(
        plan.seed,
        findings,
        time.monotonic() - began,
        _tried(record, director, crew),
        [f"{at:%a %Y-%m-%d %H:%M:%S}Z  {what}" for at, what in sorted(director.done + freezer.notes)]
        + [f"a worker {fate}" for fate in crew.died],
    )


def _complaints(log: Path) -> list[str]:
    """What workers logged as an error, and whatever they said that is no log line."""
    found = []
    for line in log.read_text().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            found.append(line[:500])
            continue
        if entry.get("level") in UNWANTED_LEVELS:
            found.append(line[:1500])
    return found


def _tried(record: Record, director: Director, crew: Crew) -> Counter[str]:
    tried: Counter[str] = Counter(runs=1, campaigns=len(record.campaigns), contacts=len(record.enrollments))
    for entry in record.entries:
        if entry["kind"] == "request":
            tried["requests"] += 1
            tried.update(f"fault {name}" for name in (entry["fault"] or "").split(", ") if name)
        else:
            tried["webhooks"] += 1
            note = entry["fault"] or ""
            if note in {"lost", "repeated", "reordered", "delayed"}:
                tried[f"fault {note}"] += 1
    for entry in record.taken:
        tried["calls" if entry["provider"] == "vapi" else "texts"] += 1
    tried.update({act: times for act, times in director.acts.items() if act not in {"kill", "suspend"}})
    tried["workers frozen"] = len(crew.freezer.thawed)
    tried["workers frozen beyond the grace"] = sum(lasting > GRACE for lasting in crew.freezer.thawed)
    tried["leads and rows brought"] = len(record.brought)
    tried["workers killed"] = crew.killed + len(crew.died)
    tried["opt-outs"] = len(record.opted_out)
    tried["stops that only the list told"] = len(only_listed_stops(record))
    tried["attempts"] = len(record.attempts)
    tried["lookups"] = sum(entry["kind"] == "request" and entry["method"] == "GET" for entry in record.entries)
    last = max((datetime.fromisoformat(entry["at"]) for entry in record.entries), default=record.plan.start)
    tried["runs across a change of clocks"] = sum(record.plan.start < change < last for change in CLOCKS_CHANGE)
    return tried
