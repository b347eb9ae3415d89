"""`outbound jobs`: the calls and texts of campaigns, one by one."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

import typer

from cli.api import Api
from cli.output import JsonOption, YesOption, confirm, print_fields, print_json, print_table, say

app = typer.Typer(no_args_is_help=True)

_STYLES: Final = {"DONE": "green", "FAILED": "red", "AMBIGUOUS": "yellow", "CANCELLED": "dim"}
_FIELDS: Final = (
    "id", "phone", "channel", "node_id", "visit", "status", "outcome", "reason_code", "run_at", "due_at",
    "attempt_count", "lease_owner", "provider_id", "check_at", "reply_deadline", "created_at", "finished_at",
)  # fmt: skip

JobArgument = Annotated[UUID, typer.Argument(metavar="JOB", help="Id of the job.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]


@app.callback()
def jobs() -> None:
    """The calls and texts of campaigns, one by one: what became of each, and what can be done about it.

    Example: outbound jobs list --campaign 018f… --status FAILED
    """


@app.command("list")
def list_jobs(
    campaign: Annotated[UUID | None, typer.Option(help="Only those of this campaign.")] = None,
    status: Annotated[str | None, typer.Option(help="Only those in this state, such as READY or AMBIGUOUS.")] = None,
    phone: Annotated[str | None, typer.Option(help="Only those to this number.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to list at most.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Where the page before ended.")] = None,
    team: Annotated[
        UUID | None, typer.Option("--team", help="Id of the team, for people who belong to several.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List jobs, newest first.

    Example: outbound jobs list --phone "(212) 555-0123"
    """
    with Api.from_settings() as api:
        found = api.rpc(
            "list_jobs",
            p_campaign_id=_text(campaign),
            p_status=status and status.upper(),
            p_phone=phone,
            p_limit=limit,
            p_cursor=cursor,
            p_team_id=_text(team),
        )
    if as_json:
        print_json(found)
        return
    print_table(
        ("id", "phone", "campaign", "node", "visit", "status", "outcome", "reason", "due (UTC)", "attempts"),
        [
            (job["id"], job["phone"], job["campaign"]["name"], job["label"] or job["node_id"], job["visit"],
             job["status"], job["outcome"], job["reason_code"], _moment(job["run_at"]), job["attempt_count"])
            for job in found["items"]
        ],
        right=("visit", "attempts"),
        whole=("id", "phone"),
        styles=_STYLES,
    )  # fmt: skip
    if found["next_cursor"]:
        say(f"There are more: --cursor {found['next_cursor']}")


@app.command()
def show(job: JobArgument, as_json: JsonOption = False) -> None:
    """Show a job with its requests, what the provider told, and what the gate said.

    Example: outbound jobs show 018f…
    """
    with Api.from_settings() as api:
        found = api.rpc("get_job", p_job_id=str(job))
    if as_json:
        print_json(found)
        return
    print_fields({name: found[name] for name in _FIELDS if found[name] is not None})
    for line in _lines(found):
        say(line)
    say(f"Times are UTC; those in sentences are of {found['timezone']}.")


@app.command()
def retry(job: JobArgument, dry_run: DryRunOption = False, as_json: JsonOption = False) -> None:
    """Try a job again now: one that waits for another try, or one that failed and ended its journey.

    Example: outbound jobs retry 018f…
    """
    with Api.from_settings() as api:
        _tell(api.rpc("retry_job", p_job_id=str(job), p_dry_run=dry_run), as_json=as_json)


@app.command()
def cancel(
    job: JobArgument, dry_run: DryRunOption = False, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """Call a job off that has not begun; the contact's journey through the campaign ends with it.

    Example: outbound jobs cancel 018f…
    """
    with Api.from_settings() as api:
        plan = api.rpc("cancel_job", p_job_id=str(job), p_dry_run=True)
        if dry_run:
            _tell(plan, as_json=as_json)
            return
        confirm(f"{plan['message']} Call it off?", yes=yes)
        _tell(api.rpc("cancel_job", p_job_id=str(job)), as_json=as_json)


def _lines(job: dict[str, Any]) -> list[str]:
    """What happened to a job, in order, and what is open to it."""
    attempts = [
        (one["begun_at"], f"attempt {one['attempt_number']}: {one['status']}{_said(one)}") for one in job["attempts"]
    ]
    told = [(one["at"], one["message"]) for one in (*job["events"], *job["decisions"])]
    lines = [f"{_moment(at)}  {message}" for at, message in sorted([*attempts, *told], key=lambda line: line[0])]
    if job["next"]:
        lines.append(f"next: {job['next']['message']}")
    lines += [
        f"{action}: {'outbound jobs ' + action + ' ' + job['id'] if refusal is None else refusal}"
        for action, refusal in job["refusals"].items()
    ]
    return lines


def _said(attempt: dict[str, Any]) -> str:
    words = ": ".join(part for part in (attempt["code"], attempt["message"]) if part)
    return f" ({words})" if words else ""


def _tell(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(done)
    else:
        say(done["message"])


def _moment(at: str | None) -> str:
    return (at or "")[:19].replace("T", " ")


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
