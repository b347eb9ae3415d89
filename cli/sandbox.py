"""`outbound sandbox …`: the providers' stand-ins, on which campaigns are rehearsed."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import typer
from pydantic import ValidationError

from cli.errors import CommandError
from cli.output import JsonOption, console, print_fields, print_json, print_table
from cli.settings import stack_state
from workers.sandbox.serve import serve as serve_forever
from workers.sandbox.serve import setting_problems
from workers.sandbox.settings import DEFAULT_PORT, SandboxSettings

app = typer.Typer(
    no_args_is_help=True,
    help="The providers' stand-ins: they refuse, answer, call back and fail as Vapi, Twilio and ServiceTitan do.",
)
faults_app = typer.Typer(help="What goes wrong, and how often.")
people_app = typer.Typer(help="What the people do who are called and texted.")
app.add_typer(faults_app, name="faults")
app.add_typer(people_app, name="people")

FOLLOW_SECONDS = 20
# What a follower of the log waits for an answer: longer than the sandbox keeps it waiting.
TIMEOUT = httpx.Timeout(FOLLOW_SECONDS + 15.0, connect=3.0)
CLOCK_TIMEOUT = httpx.Timeout(310.0, connect=3.0)

Provider = Literal["vapi", "twilio", "servicetitan"]

NumberArgument = Annotated[str, typer.Argument(help="The person's number, such as +12025550101.")]


@app.command()
def serve(
    port: Annotated[
        int | None, typer.Option(help=f"Port on loopback. Default: {DEFAULT_PORT}.", min=1, max=65535)
    ] = None,
    seed: Annotated[str | None, typer.Option(help="Another seed, another population.")] = None,
    clock: Annotated[
        Literal["auto", "real", "manual"] | None, typer.Option(help="How time passes; see `outbound sandbox clock`.")
    ] = None,
    log_path: Annotated[Path | None, typer.Option("--log", help="Keep the log in this file, as JSON lines.")] = None,
) -> None:
    """Run a sandbox in the foreground; the local stack runs its own. Settings are in docs/sandbox.md.

    Example: outbound sandbox serve --port 8930 --clock real
    """
    given: dict[str, Any] = {"port": port, "seed": seed, "clock_mode": clock, "log_path": log_path}
    try:
        settings = SandboxSettings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as invalid:
        raise CommandError("The sandbox's settings are wrong.", detail=setting_problems(invalid)) from None
    root = f"http://{settings.host}:{settings.port}"
    print_fields(
        {
            "Vapi": f"{root}/vapi",
            "Vapi key": settings.vapi_api_key.get_secret_value(),
            "Twilio": f"{root}/twilio",
            "Twilio account": settings.twilio_account_sid,
            "Twilio token": settings.twilio_auth_token.get_secret_value(),
            "ServiceTitan": f"{root}/servicetitan",
            "ServiceTitan tenant": settings.servicetitan_tenant_id,
            "ServiceTitan client": settings.servicetitan_client_id.get_secret_value(),
            "ServiceTitan secret": settings.servicetitan_client_secret.get_secret_value(),
            "ServiceTitan app key": settings.servicetitan_app_key.get_secret_value(),
            "Control": f"{root}/control",
        }
    )
    sys.stdout.flush()
    asyncio.run(serve_forever(settings))


@app.command()
def status(as_json: JsonOption = False) -> None:
    """What happened so far, where the clock stands, what is set to go wrong.

    Example: outbound sandbox status
    """
    found = _ask("GET", "/")
    if as_json:
        print_json(found)
        return
    counts, clock_now = found["counts"], found["clock"]
    twice = counts["attempts_taken_twice"]
    print_fields(
        {
            "Time": f"{clock_now['at']} ({clock_now['mode']})",
            "Calls placed": f"{counts['calls_taken']}, {counts['calls_active']} under way",
            "Texts sent": counts["texts_taken"],
            "Holds": counts["holds_taken"],
            "Taken twice": ", ".join(twice) if twice else "none",
            "Opted out": counts["opted_out"],
            "Webhooks": f"{counts['webhooks_answered']} answered, {counts['webhooks_failed']} failed",
            "Events ahead": counts["events_ahead"],
            "Faults": ", ".join(_fault_line(fault) for fault in found["faults"]) or "none",
            "Log": f"{counts['log_entries']} entries",
        }
    )
    if clock_now["problem"]:
        raise CommandError(f"The campaign clock cannot be reached: {clock_now['problem']}")


@app.command()
def log(
    after: Annotated[int, typer.Option(help="Only entries after this number.", min=0)] = 0,
    provider: Annotated[Provider | None, typer.Option(help="Only this provider's.")] = None,
    kind: Annotated[Literal["request", "webhook"] | None, typer.Option(help="Only requests, or only webhooks.")] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as entries come in, until interrupted.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Every request that the sandbox got and every webhook that it sent, in order. With --json, an entry a line.

    Example: outbound sandbox log --provider vapi --kind request
    """
    while True:
        page = _ask("GET", "/log", params={"after": after, "wait": FOLLOW_SECONDS if follow else 0})
        for entry in page["entries"]:
            if provider in {None, entry["provider"]} and kind in {None, entry["kind"]}:
                _print_entry(entry, as_json=as_json)
        ended = page["last"] == after
        after = page["last"]
        if ended and not follow:
            return


@app.command()
def clock(
    mode: Annotated[
        Literal["auto", "real", "manual"] | None,
        typer.Option(help="auto: jump to what happens next. real: run. manual: stand still until told to go."),
    ] = None,
    speed: Annotated[float | None, typer.Option(help="auto: at most so many virtual seconds in a real one.")] = None,
    rate: Annotated[float | None, typer.Option(help="real: so many virtual seconds in a real one.")] = None,
    at: Annotated[str | None, typer.Option(help="manual: go to this moment, such as 2026-03-02T15:00:00Z.")] = None,
    advance: Annotated[str | None, typer.Option(help="manual: go so far, such as PT90M or P1D.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the clock, or change how time passes. Time never goes back.

    Example: outbound sandbox clock --mode manual --advance PT4H
    """
    given = {"mode": mode, "speed": speed, "rate": rate, "at": at, "advance": advance}
    order = {name: value for name, value in given.items() if value is not None}
    shown = _ask("PUT", "/clock", json=order, timeout=CLOCK_TIMEOUT) if order else _ask("GET", "/clock")
    if as_json:
        print_json(shown)
    else:
        print_fields({name.replace("_", " "): value for name, value in shown.items() if value is not None})
    if shown.get("reached") is False:
        raise CommandError("The moment was not reached in time; the clock is still on its way.")


@faults_app.callback(invoke_without_command=True)
def faults(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show the faults in force, and how often each has struck.

    Example: outbound sandbox faults
    """
    if context.invoked_subcommand is None:
        _print_faults(_ask("GET", "/faults"), as_json=as_json)


@faults_app.command("add")
def add_fault(
    kind: Annotated[
        Literal[
            "latency", "rate_limited", "server_error", "drop_before", "drop_after", "early", "expired_token",
            "repeated_rows", "lost", "repeated", "reordered", "delayed",
        ],
        typer.Argument(help="What goes wrong: the first eight with requests, the other four with webhooks."),
    ],
    provider: Annotated[Provider | None, typer.Option(help="Only at this provider.")] = None,
    probability: Annotated[float, typer.Option(help="How often, from 0 to 1.", min=0, max=1)] = 1.0,
    count: Annotated[int | None, typer.Option(help="At most so many times.", min=0)] = None,
    to: Annotated[str | None, typer.Option(help="Only about this number.")] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of the fault as NAME=VALUE: seconds=5, retry_after=30, status=503 …"),
    ] = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Let something more go wrong. The kinds and their settings are in docs/sandbox.md.

    Example: outbound sandbox faults add drop_after --provider vapi --count 3
    """
    rule: dict[str, Any] = {"kind": kind, "probability": probability}
    given = {"provider": provider, "count": count, "to": to, **_settings_of(option or [])}
    rule |= {name: value for name, value in given.items() if value is not None}
    rules = [*_ask("GET", "/faults")["faults"], rule]
    _print_faults(_ask("PUT", "/faults", json={"faults": rules}), as_json=as_json)


@faults_app.command("clear")
def clear_faults(as_json: JsonOption = False) -> None:
    """Nothing goes wrong any more.

    Example: outbound sandbox faults clear
    """
    _print_faults(_ask("DELETE", "/faults"), as_json=as_json)


@people_app.callback(invoke_without_command=True)
def people(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show how often people do what, and who has a script.

    Example: outbound sandbox people
    """
    if context.invoked_subcommand is not None:
        return
    found = _ask("GET", "/people")
    if as_json:
        print_json(found)
        return
    print_table(("rate", "share"), [(name, f"{rate:.0%}") for name, rate in found["rates"].items()], right=("share",))
    for number, script in found["scripts"].items():
        print_fields({number: json.dumps(script, ensure_ascii=False)})


@people_app.command("show")
def show_person(number: NumberArgument, as_json: JsonOption = False) -> None:
    """Show what a number has seen so far, and what it will do next.

    Example: outbound sandbox people show +12025550101
    """
    _print_person(_ask("GET", f"/people/{number}"), as_json=as_json)


@people_app.command("script")
def script_person(
    number: NumberArgument,
    call: Annotated[
        list[str] | None,
        typer.Option(
            help="What a call comes to, in turn: booked, answered, opted_out, voicemail, no_answer, busy, failed."
        ),
    ] = None,
    reply: Annotated[list[str] | None, typer.Option(help="What is texted back, in turn to each text.")] = None,
    after: Annotated[str, typer.Option(help="How long after the text the reply comes.")] = "PT10M",
    clear: Annotated[bool, typer.Option("--clear", help="Take the script away.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a person does on the next calls and texts; the last of each goes on for ever.

    Example: outbound sandbox people script +12025550101 --call no_answer --call booked --reply STOP
    """
    if clear:
        _print_person(_ask("DELETE", f"/people/{number}"), as_json=as_json)
        return
    texts = [{"outcome": "delivered", "replies": [{"after": after, "body": body}]} for body in reply or []]
    order = {"calls": [{"outcome": outcome} for outcome in call or []], "texts": texts}
    _print_person(_ask("PUT", f"/people/{number}", json=order), as_json=as_json)


@people_app.command("text")
def text_from_person(
    number: NumberArgument,
    body: Annotated[str, typer.Argument(help="What she writes.")],
    to: Annotated[str, typer.Option(help="Which of our numbers she writes to.")],
    as_json: JsonOption = False,
) -> None:
    """Let a person text us now.

    Example: outbound sandbox people text +12025550101 STOP --to +12025550142
    """
    sent = _ask("POST", f"/people/{number}/texts", json={"to": to, "body": body})
    if as_json:
        print_json(sent)
    else:
        print_fields({"sent": sent["sid"]})


def _control_url() -> str:
    """The environment's sandbox, else the local stack's, else one that was started by hand."""
    given = os.environ.get("OUTBOUND_SANDBOX_URL")
    if given:
        return given.rstrip("/")
    connection = (stack_state() or {}).get("connection") or {}
    known = (connection.get("sandbox_urls") or {}).get("control")
    return str(known or f"http://127.0.0.1:{DEFAULT_PORT}/control").rstrip("/")


def _ask(
    method: str,
    path: str,
    *,
    json: Any = None,
    params: dict[str, Any] | None = None,
    timeout: httpx.Timeout = TIMEOUT,
) -> Any:
    url = _control_url()
    try:
        answer = httpx.request(method, f"{url}{path}", json=json, params=params, timeout=timeout, trust_env=False)
    except httpx.TransportError as problem:
        raise CommandError(
            f"There is no sandbox at {url} ({type(problem).__name__}).",
            hint="Start the local stack with `outbound stack up`, or a sandbox alone with `outbound sandbox serve`.",
        ) from None
    if answer.is_success:
        return answer.json()
    try:
        refusal = answer.json()
    except ValueError:
        refusal = {"error": f"The sandbox answered {answer.status_code}."}
    raise CommandError(str(refusal.get("error")), detail=refusal.get("problems"))


def _print_entry(entry: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(entry, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return
    about = entry["correlation"]
    arrow = "→" if entry["kind"] == "request" else "←"
    outcome = entry["status"] or entry["error"] or "no answer"
    what = f"{entry['method']} {entry['path']}" if entry["kind"] == "request" else about.get("type", entry["path"])
    marks = [about.get("to", ""), "taken" if entry["taken"] else "", entry["fault"] or ""]
    line = f"{entry['seq']:>6}  {entry['at']}  {entry['provider']:<6} {arrow} {what}  {outcome}"
    console.print("  ".join([line, *(mark for mark in marks if mark)]), markup=False, soft_wrap=True)


def _print_faults(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = [
        (
            fault["kind"],
            fault.get("provider", "any"),
            f"{fault['probability']:g}",
            fault.get("count", ""),
            fault["fired"],
        )
        for fault in found["faults"]
    ]
    print_table(
        ("fault", "provider", "probability", "at most", "struck"), rows, right=("probability", "at most", "struck")
    )


def _print_person(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_fields(
        {
            "number": found["number"],
            "called": found["calls_taken"],
            "texted": found["texts_taken"],
            "opted out": "yes" if found["opted_out"] else "no",
            "next calls": ", ".join(plan["outcome"] for plan in found["next_calls"]),
            "next texts": ", ".join(_text_line(plan) for plan in found["next_texts"]),
        }
    )


def _text_line(plan: dict[str, Any]) -> str:
    if plan["refuse"]:
        return f"refused with {plan['refuse']}"
    replies = "".join(f", replies {reply['body']!r}" for reply in plan["replies"])
    return f"{plan['outcome']}{replies}"


def _fault_line(fault: dict[str, Any]) -> str:
    return f"{fault['kind']} (struck {fault['fired']} times)"


def _settings_of(options: list[str]) -> dict[str, Any]:
    """`seconds=5` and the like; numbers, true and false, and everything else as text."""
    settings: dict[str, Any] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            raise typer.BadParameter(f"{option} is not NAME=VALUE", param_hint="--set")
        try:
            settings[name] = json.loads(value)
        except ValueError:
            settings[name] = value
    return settings
