"""`outbound consent`: stops and what lifts them, the ledger, do-not-contact lists, a team's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from cli.api import Api
from cli.consent.importing import Columns, Import, import_file
from cli.csv_reader import open_csv
from cli.output import JsonOption, YesOption, confirm, print_fields, print_json, print_table, say

app = typer.Typer(no_args_is_help=True)

_PAGE: Final = 1000
_STYLES: Final = {"opt_out": "red", "opt_in": "green"}

PhoneArgument = Annotated[str, typer.Argument(metavar="PHONE", help="The number, in any spelling.")]
ChannelOption = Annotated[str | None, typer.Option(help="call or text. [default: both]")]
NoteOption = Annotated[str | None, typer.Option(help="What was said, or why. It stays in the ledger.")]
TeamOption = Annotated[UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")]


@app.callback()
def consent() -> None:
    """Opt-outs, do-not-contact lists and the ledger of consent.

    Example: outbound consent show "(212) 555-0123"
    """


@app.command()
def show(phone: PhoneArgument, team: TeamOption = None, as_json: JsonOption = False) -> None:
    """Show what keeps a number from being reached, and who may lift it.

    Example: outbound consent show "(212) 555-0123"
    """
    with Api.from_settings() as api:
        found = api.rpc("get_consent_history", p_phone=phone, p_limit=1, p_team_id=_id(team))
    if as_json:
        print_json({"phone": found["phone"], "suppressions": found["suppressions"]})
        return
    if not found["suppressions"]:
        say(f"Nothing stops {found['phone']}.")
        return
    _print_suppressions(found)


@app.command()
def history(
    phone: Annotated[str | None, typer.Argument(metavar="[PHONE]", help="The number. [default: all]")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many entries to show at most.")] = 50,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the ledger of a number or of the whole team, newest first.

    Example: outbound consent history "(212) 555-0123"
    """
    found: list[dict[str, Any]] = []
    with Api.from_settings() as api:
        entries = api.pages("get_consent_history", p_phone=phone, p_limit=min(limit, _PAGE), p_team_id=_id(team))
        for entry in entries:
            found.append(entry)
            if len(found) == limit:
                break
    if as_json:
        print_json(found)
        return
    print_table(
        ("when", "phone", "channel", "what", "reason", "source", "words"),
        [
            (item["occurred_at"][:19].replace("T", " "), item["phone"], item["channel"], item["action"],
             item["reason"], item["source"], item["words"])
            for item in found
        ],
        whole=("when", "phone"),
        styles=_STYLES,
    )  # fmt: skip


@app.command("opt-out")
def opt_out(
    phone: PhoneArgument,
    channel: ChannelOption = None,
    reason: Annotated[str, typer.Option(help="opted_out, do_not_contact, invalid or litigator.")] = "opted_out",
    note: NoteOption = None,
    team: TeamOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Stop a number, and cancel every call and text to it that has not begun.

    Example: outbound consent opt-out "(212) 555-0123" --note "Asked on the phone not to be called"
    """
    confirm(f"Stop {channel + 's' if channel else 'calls and texts'} to {phone}, and cancel what waits?", yes=yes)
    with Api.from_settings() as api:
        stopped = api.rpc(
            "opt_out", p_phone=phone, p_channel=channel, p_reason=reason, p_note=note, p_team_id=_id(team)
        )
    if as_json:
        print_json(stopped)
        return
    _print_suppressions(stopped)
    say(
        f"Stopped; {stopped['cancelled_jobs']} waiting jobs are cancelled."
        if stopped["added"]
        else "The number was stopped for this reason already."
    )


@app.command("opt-in")
def opt_in(
    phone: PhoneArgument,
    channel: ChannelOption = None,
    reason: Annotated[
        str | None, typer.Option(help="What is lifted, by its name. [default: the person's own opt-out]")
    ] = None,
    note: NoteOption = None,
    team: TeamOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Let a number be reached again. Other reasons than the person's own opt-out need their name and a note.

    Example: outbound consent opt-in "(212) 555-0123" --note "Wrote on 3 May that she wants our reminders"
    """
    confirm(f"Lift {reason or 'the opt-out'} from {phone}?", yes=yes)
    with Api.from_settings() as api:
        lifted = api.rpc("opt_in", p_phone=phone, p_channel=channel, p_reason=reason, p_note=note, p_team_id=_id(team))
    if as_json:
        print_json(lifted)
        return
    say(f"Lifted: {', '.join(lifted['lifted'])}." if lifted["lifted"] else "There was nothing to lift.")
    if lifted["suppressions"]:
        say("This still stops the number:")
        _print_suppressions(lifted)


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file with a number in each row.")],
    reason: Annotated[str, typer.Option(help="do_not_contact, invalid, litigator or opted_out.")] = "do_not_contact",
    channel: Annotated[str | None, typer.Option(help="call or text, for rows that don't say. [default: both]")] = None,
    phone_column: Annotated[
        str | None,
        typer.Option(help="Name or place of the column of numbers. [default: found by its name, or the first]"),
    ] = None,
    channel_column: Annotated[str | None, typer.Option(help="Name or place of the column of channels.")] = None,
    note_column: Annotated[str | None, typer.Option(help="Name or place of the column of notes.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates cells. [default: found out]")] = None,
    encoding: Annotated[str | None, typer.Option(help="Such as utf-8. [default: found out]")] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Use the good rows when others are bad.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")] = False,
    team: TeamOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Check a do-not-contact list, show what it would stop, ask, and import it. Again, it changes nothing.

    Example: outbound consent import do-not-call.csv --reason do_not_contact
    """
    opened = open_csv(file, delimiter=delimiter, encoding=encoding)
    asked = Import(
        opened, Columns.of(opened, phone_column, channel_column, note_column), reason, channel, _id(team),
        partial=partial,
    )  # fmt: skip
    with Api.from_settings() as api:
        plan = import_file(api, asked, dry_run=True)
        if dry_run:
            _print_import(plan.shown(), as_json=as_json)
            return
        plan.refuse_bad_rows(partial=partial)
        if not as_json:
            _print_import(plan.shown(), as_json=False)
        confirm(f"Stop these numbers as {reason}?", yes=yes)
        done = import_file(api, asked, dry_run=False)
    _print_import(done.shown(), as_json=as_json)


@app.command()
def phrases(
    add: Annotated[list[str] | None, typer.Option(help="Words that stop texts; may be repeated.")] = None,
    add_start: Annotated[
        list[str] | None, typer.Option(help="A whole message that starts texts again; may be repeated.")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A phrase of the team's own; may be repeated.")] = None,
    standard: Annotated[bool, typer.Option("--standard", help="Show everybody's words too.")] = False,
    team: TeamOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show or change a team's own words for stopping texts, beside everybody's.

    A single word counts when it is the whole message, several words anywhere in it.

    Example: outbound consent phrases --add "we moved away" --add basta
    """
    with Api.from_settings() as api:
        known = api.rpc("get_team_phrases", p_team_id=_id(team))
        if add or add_start or remove:
            gone = {" ".join(phrase.lower().split()) for phrase in remove or []}
            kept = [item for item in known["phrases"] if item["phrase"] not in gone]
            new = [{"phrase": phrase} for phrase in add or []]
            new += [{"phrase": phrase, "action": "opt_in"} for phrase in add_start or []]
            known = api.rpc("set_team_phrases", p_phrases=kept + new, p_team_id=_id(team))
    if as_json:
        print_json(known)
        return
    print_table(
        ("phrase", "means", "counts", "whose"),
        [
            (item["phrase"], item["action"], "alone" if item["is_whole_message"] else "anywhere", whose)
            for whose, items in (("the team's", known["phrases"]), ("everybody's", known["standard"]))
            for item in items
            if standard or items is known["phrases"]
        ],
        styles=_STYLES,
    )


def _id(team: UUID | None) -> str | None:
    return str(team) if team else None


def _print_suppressions(found: dict[str, Any]) -> None:
    print_table(
        ("phone", "channel", "reason", "since", "source", "words", "lifted by"),
        [
            (found["phone"], item["channel"], item["reason"], item["since"][:16].replace("T", " "), item["source"],
             item["words"], item["lifted_by"])
            for item in found["suppressions"]
        ],
        whole=("phone", "reason"),
    )  # fmt: skip


def _print_import(shown: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(shown)
        return
    for line in shown["issues"][:20]:
        where = ", ".join(f"{key} {line[key]}" for key in ("row", "column") if line.get(key))
        say(f"{where}: {line['message']} [{line['code']}]")
    if len(shown["issues"]) > 20 or shown["more_issues"]:
        say(f"… {len(shown['issues']) - 20 + shown['more_issues']} more problems")
    cancelled = "would cancel" if shown["dry_run"] else "cancelled"
    print_fields(
        {
            "rows": f"{shown['rows']:,}",
            "numbers": f"{shown['numbers']:,}",
            "new": f"{shown['new']:,}",
            "known": f"{shown['known']:,}",
            "rejected": f"{shown['rejected']:,}",
            cancelled: f"{shown['cancelled_jobs']:,} jobs",
        }
    )
