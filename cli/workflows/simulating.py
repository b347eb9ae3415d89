"""`outbound workflows simulate`: the way of one contact, step by step, without sending or writing anything."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.text import Text

from cli.api import Api
from cli.errors import CommandError
from cli.output import JsonOption, console, print_json
from cli.workflows.files import GraphFile, read_json
from cli.workflows.options import SourceArgument, TeamOption, id_or_file, text_of
from cli.workflows.words import duration, plain, quoted

_WAITS = {
    "delay": "the edge's delay",
    "legal_hours": "the legal hours",
    "business_hours": "business hours",
    "batching": "its batch",
    "retry": "the next try",
}
_OUTCOME_COLOURS = {"booked": "green", "replied": "green", "answered": "green", "opted_in": "green", "opted_out": "red",
                    "failed": "red", "undeliverable": "red"}  # fmt: skip
_STAMP = len("Mon 2026-03-02 17:30")
_INDENT = " " * (_STAMP + 2)


def simulate(
    source: SourceArgument,
    start: Annotated[
        str | None,
        typer.Option(help="When it begins, as 2026-03-02T17:30; in --timezone, else UTC. [default: now]"),
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NODE=OUTCOME,…",
            help="What comes of a node's visits, one after the other; a reply's words after a colon. Repeatable.",
        ),
    ] = None,
    script: Annotated[
        Path | None, typer.Option(help='JSON file with outcomes by node: {"call": ["no_answer", "booked"]}.')
    ] = None,
    seed: Annotated[int, typer.Option(help="Other outcomes for visits without a script.")] = 0,
    position: Annotated[int, typer.Option(min=1, help="Place of the contact in the list, for batching.")] = 1,
    retry_budget: Annotated[int, typer.Option(min=0, help="Retries that all nodes share.")] = 10,
    timezone: Annotated[str | None, typer.Option(help="IANA zone of the contact. [default: the team's]")] = None,
    state: Annotated[str | None, typer.Option(help="State of the contact, such as CO, for its legal hours.")] = None,
    postal_code: Annotated[str | None, typer.Option(help="Postal code of the contact.")] = None,
    phone: Annotated[str | None, typer.Option(help="Number of the contact; its area code tells a zone.")] = None,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow one contact through a workflow: which nodes, when, what it waited for, which edges and why.

    Nothing is sent or written. Outcomes that no script names are drawn by the seed, the same for the same seed.

    Example: outbound workflows simulate flow.json --start 2026-03-02T17:30 --timezone America/Denver
    --outcome call=no_answer,booked --outcome "text=replied:yes please"
    """
    asked = id_or_file(source)
    contact = {"timezone": timezone, "state": state, "postal_code": postal_code, "phone": phone}
    arguments: dict[str, Any] = {
        "p_start_at": _moment(start, timezone),
        "p_outcomes": {**(_read_script(script) if script else {}), **dict(map(_visits, outcome or []))},
        "p_contact": {key: value for key, value in contact.items() if value is not None},
        "p_seed": seed,
        "p_position": position,
        "p_retry_budget": retry_budget,
        "p_team_id": text_of(team),
    }
    if isinstance(asked, GraphFile):
        arguments["p_graph"] = asked.graph
    else:
        arguments["p_workflow_id"] = str(asked)
    with Api.from_settings() as api:
        told = api.rpc("simulate_workflow", **arguments)
    if as_json:
        print_json(told)
        return
    for line in timeline(told):
        console.print(line, soft_wrap=True)


def timeline(told: dict[str, Any]) -> list[Text]:
    """What `simulate_workflow` returns as lines: each visit with its times in the contact's zone."""
    zones = told.get("timezones") or ["UTC"]
    zone = ZoneInfo(zones[0])
    regions = f"; legal hours of {', '.join(map(plain, told['regions']))}" if told.get("regions") else ""
    lines = [Text.assemble((_stamp(told["start_at"], zone), "bold"), f"  begins, in {', '.join(zones)}{regions}")]
    for visit in told["visits"]:
        lines += _visit_lines(visit, zone)
    end = told["end"]
    reason = f" [{end['reason_code']}]" if end.get("reason_code") else ""
    ending = Text.assemble((_stamp(end.get("at"), zone), "bold"), "  ", (plain(end["status"]), "bold"), reason)
    return [*lines, ending.append(f"  {end['message']}")]


def _visit_lines(visit: dict[str, Any], zone: ZoneInfo) -> list[Text]:
    label = f"“{plain(visit['label'])}” " if visit.get("label") else ""
    again = f", visit {visit['visit']}" if visit.get("visit", 1) > 1 else ""
    when, kind = (_stamp(visit.get("due_at"), zone), "bold"), (f"{plain(visit['type'])} ", "cyan")
    lines = [Text.assemble(when, "  ", kind, (label, "bold"), f"[{plain(visit['node_id'])}]{again}")]
    for wait in visit.get("waits") or []:
        words = f"waited for {_WAITS.get(wait['for'], wait['for'])} until {_stamp(wait['until'], zone)}"
        lines.append(_below(words, "dim"))
    if visit.get("outcome"):
        lines.append(_outcome(visit, zone))
    step = visit["next"]
    after = f", after {duration(step['delay'])}" if step.get("delay") not in (None, "PT0S") else ""
    # before a node is tried again its edges are not asked, so there is nothing to say of them
    for edge in [] if step["kind"] == "retry" else visit.get("edges") or []:
        way = f"{plain(edge['priority'])} {plain(edge['when'])} → {plain(edge['target'])}"
        taken = edge["taken"]
        lines.append(
            _below(f"{'→' if taken else '·'} {way}{after if taken else ''}: {edge['reason']}", "" if taken else "dim")
        )
    if step["kind"] == "retry":
        lines.append(_below(f"↻ again{after}: {step['reason']}"))
    elif step["kind"] == "end":
        lines.append(_below(f"■ ends here: {step['reason']}"))
    return lines


def _outcome(visit: dict[str, Any], zone: ZoneInfo) -> Text:
    words = quoted(visit["reply_text"]) if visit.get("reply_text") else ""
    line = _below("").append(plain(visit["outcome"]), _OUTCOME_COLOURS.get(visit["outcome"], "yellow"))
    when = _stamp(visit["outcome_at"], zone) if visit.get("outcome_at") else ""
    return line.append(f" {words}" if words else "").append(f" {when}, {visit.get('source', '')}".rstrip(", "), "dim")


def _below(words: str, style: str = "") -> Text:
    return Text.assemble(_INDENT, (words, style))


def _stamp(moment: str | None, zone: ZoneInfo) -> str:
    """A moment as the contact's clock shows it, always as wide."""
    if moment is None:
        return f"{'never':<{_STAMP}}"
    return datetime.fromisoformat(moment).astimezone(zone).strftime("%a %Y-%m-%d %H:%M")


def _moment(start: str | None, timezone: str | None) -> str | None:
    if start is None:
        return None
    try:
        moment = datetime.fromisoformat(start)
    except ValueError as error:
        raise typer.BadParameter("it should be a moment such as 2026-03-02T17:30.", param_hint="--start") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(timezone) if timezone else UTC)
    return moment.isoformat()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise typer.BadParameter(
            "it should be an IANA name such as America/Denver.", param_hint="--timezone"
        ) from error


def _visits(option: str) -> tuple[str, list[Any]]:
    """`call=no_answer,booked` or `text=replied:yes please` as the outcomes of a node."""
    node_id, found, outcomes = option.rpartition("=")
    if not found or not node_id or not outcomes:
        raise typer.BadParameter(f"“{option}” is not NODE=OUTCOME,…", param_hint="--outcome")
    return node_id, [_visit(part) for part in outcomes.split(",")]


def _visit(part: str) -> str | dict[str, str]:
    name, found, reply = part.strip().partition(":")
    return {"outcome": name, "reply_text": reply} if found else name


def _read_script(path: Path) -> dict[str, Any]:
    script = read_json(path)
    if not isinstance(script, dict):
        raise CommandError(
            f"{path} is no script: it should be an object.", hint='Such as {"call": ["no_answer", "booked"]}.'
        )
    return script
