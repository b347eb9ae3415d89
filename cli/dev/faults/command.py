"""`outbound dev faults`: what was tried, and what the judge found."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from cli.dev.faults.draw import make_plan
from cli.dev.faults.plan import Plan
from cli.dev.faults.play import Report
from cli.dev.faults.run import Summary, run, run_shared
from cli.errors import CommandError
from cli.output import JsonOption, console, print_json, print_table, say

_SHOWN_FINDINGS = 20


def faults(
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds to run.")] = 10,
    first: Annotated[int, typer.Option("--from", min=0, help="The first of them.")] = 0,
    seed: Annotated[int | None, typer.Option(min=0, help="Run this one alone, and print its plan.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Run so many at once, each on a server of its own.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Run whole campaigns while workers and Postgres are killed, providers fail and people opt out; judge each.

    A seed decides everything that is random beforehand, so a seed that failed is played again with --seed.

    Example: outbound dev faults --seeds 20 --jobs 2
    """
    numbers = [seed] if seed is not None else list(range(first, first + seeds))
    summary, last = Summary(), []

    def heard(report: Report) -> None:
        summary.add(report)
        last.append(report)
        if not as_json:
            _tell(report)

    if seed is not None and not as_json:
        _show_plan(make_plan(seed))
    if jobs > 1:
        run_shared(numbers, jobs, heard)
    else:
        run(numbers, heard)
    if as_json:
        print_json(summary.as_json())
    else:
        _show(summary, last if seed is not None else [])
    if summary.failed:
        listed = ", ".join(str(report.seed) for report in summary.failed)
        raise CommandError(
            f"Rules were broken with {'seed' if len(summary.failed) == 1 else 'seeds'} {listed}.",
            hint=f"Play one again with: outbound dev faults --seed {summary.failed[0].seed}",
        )


def _tell(report: Report) -> None:
    say(f"{'✗' if report.findings else '✓'} seed {report.seed} ({report.seconds:.1f} s)")
    for finding in report.findings[:_SHOWN_FINDINGS]:
        say(f"    {finding}")
    if len(report.findings) > _SHOWN_FINDINGS:
        say(f"    … and {len(report.findings) - _SHOWN_FINDINGS} more")


def _show(summary: Summary, reports: list[Report]) -> None:
    for report in reports:
        console.print(Text("What happened", style="bold"))
        for line in report.happened:
            console.print(Text(f"  {line}"))
    print_table(("tried", "times"), sorted(summary.tried.items()), right=["times"])
    mean = sum(summary.seconds) / len(summary.seconds)
    console.print(Text(f"{len(summary.seconds)} runs, {mean:.1f} seconds each, {len(summary.failed)} with findings"))


def _show_plan(plan: Plan) -> None:
    console.print(Text(f"The plan of seed {plan.seed}", style="bold"))
    lines = [
        f"{plan.start:%A %Y-%m-%d %H:%M}Z, team in {plan.team_zone}, {len(plan.people)} people",
        f"{plan.workers} workers, {plan.lines} lines, {plan.provider_lines} at the provider; {_pairs(plan.settings)}",
        f"sandbox: {_pairs({key: value for key, value in plan.sandbox.items() if key != 'rates'})}",
    ]
    for campaign in plan.campaigns:
        nodes = " ".join(f"{node['id']}:{node['type']}" for node in campaign.graph["nodes"])
        at = "" if campaign.scheduled_after is None else f", scheduled after {campaign.scheduled_after}"
        grows = f", grows by {campaign.grows}" if campaign.grows else ""
        lines.append(
            f"{campaign.name}: {len(campaign.people)} people{grows}, priority {campaign.priority}{at}; {nodes}"
        )
        lines += [
            f"    {edge['source']} → {edge['target']} when {edge['data']['when']}" for edge in campaign.graph["edges"]
        ]
    lines += [f"provider: {_pairs(fault)}" for fault in plan.faults]
    lines += [f"{step}: {plan.leads[step.target]}" if step.act == "lead" else f"{step}" for step in plan.steps]
    lines += [f"worker {place} {fate}" for place, fate in enumerate(plan.fates) if fate]
    for line in lines:
        console.print(Text(f"  {line}"))


def _pairs(values: object) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items()) if isinstance(values, dict) else str(values)
