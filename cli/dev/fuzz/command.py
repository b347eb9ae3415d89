"""`outbound dev fuzz`: what was tried, and what was answered wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli.errors import CommandError
from cli.output import JsonOption, console, print_json, print_table, say

if TYPE_CHECKING:
    from cli.dev.fuzz.run import Tally


def fuzz(
    examples: Annotated[int, typer.Option(min=1, help="How many calls to make, shared by the RPCs.")] = 5000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same calls.")] = 0,
    function: Annotated[list[str] | None, typer.Option(help="Only this RPC; can be given more than once.")] = None,
    replay: Annotated[str | None, typer.Option(help="Make this one call, as a finding shows it.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Call every RPC through PostgREST with hostile arguments; each answer must be a result or a refusal of ours.

    A server of its own holds two teams; every call is undone after its answer, and looked through for the other team.

    Example: outbound dev fuzz --examples 20000 --seed 7
    """
    from cli.dev.fuzz import run  # noqa: PLC0415 - what it needs is installed for developers only

    if replay is not None:
        _replay(replay)
        return
    tallies: list[Tally] = []

    def heard(tally: Tally) -> None:
        tallies.append(tally)
        if not as_json:
            _tell(tally)

    run.run(function or [], examples, seed, heard)
    if as_json:
        print_json([tally.as_json() for tally in tallies])
    else:
        _show(tallies)
    count = sum(len(tally.findings) for tally in tallies)
    if count:
        raise CommandError(
            f"{count} {'call was' if count == 1 else 'calls were'} answered wrongly.",
            hint="Make one of them again with: outbound dev fuzz --replay 'CALL'",
        )


def _tell(tally: Tally) -> None:
    say(f"{'✗' if tally.findings else '✓'} {tally.function} ({tally.calls} calls)")
    for finding in tally.findings:
        say(f"    {finding.judgement.code}: {finding.judgement.why}")
        say(f"    {finding.call.written()}")


def _show(tallies: list[Tally]) -> None:
    from cli.dev.fuzz.judge import Verdict  # noqa: PLC0415 - see fuzz

    columns = ("function", "calls", *(verdict.value for verdict in Verdict), "slowest")
    rows: list[tuple[Any, ...]] = [
        (
            tally.function,
            tally.calls,
            *(tally.verdicts[verdict] for verdict in Verdict),
            f"{tally.slowest[0] * 1000:.0f} ms",
        )
        for tally in tallies
    ]
    verdicts = (sum(tally.verdicts[verdict] for tally in tallies) for verdict in Verdict)
    slowest = max((tally.slowest[0] for tally in tallies), default=0)
    rows.append(("together", sum(tally.calls for tally in tallies), *verdicts, f"{slowest * 1000:.0f} ms"))
    print_table(columns, rows, right=list(columns[1:]))


def _replay(written: str) -> None:
    from cli.dev.fuzz import run  # noqa: PLC0415 - see fuzz
    from cli.dev.fuzz.calls import Call  # noqa: PLC0415 - see fuzz

    try:
        call = Call.read(written)
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError("This is no call as a finding shows it.", hint="Give the whole line, quoted.") from error
    answer, judgement = run.replay(call)
    console.print(Text(f"{judgement.verdict.value} {judgement.code} {judgement.why}".strip()))
    console.print(Text(f"{answer.status} {answer.body.decode(errors='replace')}"))
