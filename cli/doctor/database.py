"""What the database says of itself (`get_deployment_facts`), judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.api import Api
from cli.doctor.findings import Finding, Status, ok, skipped, warning, wrong
from cli.errors import CommandError
from cli.stack.migrations import Migration, migrations
from workers import __version__

MOST_CLOCK_DIFFERENCE = timedelta(seconds=30)
"""Signatures of webhooks are refused when they are five minutes old; half a minute is a clock that nobody sets."""
LONGEST_LAG_SECONDS = 60
LONGEST_TICK_SILENCE = timedelta(minutes=5)
LONGEST_OVERDUE_SECONDS = 300
_NOT_READY = "OB007"
FEW_REQUESTS = 5
"""Of fewer than these, that none was heard of may be chance."""


def ask(api: Api) -> tuple[Finding, dict[str, Any] | None]:
    """Whether the Data API answers for this product, and the facts when it does."""
    try:
        facts: dict[str, Any] = api.rpc("get_deployment_facts")
    except CommandError as error:
        return _unanswered(error), None
    return ok("data API", f"{api.url} answers for PostgreSQL {facts['postgres']}."), facts


def _unanswered(error: CommandError) -> Finding:
    message = str(error)
    if error.code == "PGRST202":
        return wrong(
            "data API",
            "It answers, but the product's functions are not there, or PostgREST has not noticed them.",
            "Push the migrations with `supabase db push`; then `notify pgrst, 'reload schema'` if it stays so.",
        )
    if error.code in ("42501", "PGRST301", "PGRST302", "PGRST303"):
        return wrong(
            "data API",
            f"It refuses the key: {message}",
            "Set OUTBOUND_API_KEY to the project's service-role (secret) key, and leave OUTBOUND_ACCESS_TOKEN empty.",
        )
    return wrong("data API", message, error.hint or "Compare OUTBOUND_API_URL and OUTBOUND_API_KEY with the project's.")


def judge(facts: dict[str, Any], now: datetime | None = None) -> Iterator[Finding]:
    """Everything that the facts show; `now` is this machine's clock."""
    yield _clock(facts, now or datetime.now(UTC))
    yield _environment(facts)
    release = schema(facts)
    yield release
    if release.status is Status.wrong:
        return  # what an older database tells has another shape, and its cure is the same
    yield _tick(facts["tick"], datetime.fromisoformat(facts["at"]))
    yield from map(_failing_step, facts["tick"]["failing"])
    yield _worker_role(facts["worker_role"])
    for queue in facts["queues"]:
        yield _queue(queue)
    yield from map(_held, facts["held"])
    for account in facts["integrations"]:
        yield _account(account)
        yield from _webhooks(account)
    if not facts["integrations"]:
        yield warning(
            "accounts",
            "No team has an account of a provider.",
            "Connect one with `upsert_integration`: docs/deploy.md.",
        )


def _clock(facts: dict[str, Any], now: datetime) -> Finding:
    apart = abs(datetime.fromisoformat(facts["at"]) - now)
    if apart > MOST_CLOCK_DIFFERENCE:
        return wrong(
            "clocks",
            f"This machine's clock and the database's are {apart.total_seconds():.0f} s apart.",
            "Let both follow NTP: signed webhooks are refused by a clock that is wrong.",
        )
    return ok("clocks", "This machine's and the database's agree.")


def _environment(facts: dict[str, Any]) -> Finding:
    if facts["environment"] == "production":
        return ok("environment", "Production: the clock is the real one.")
    return warning(
        "environment",
        "A sandbox: its clock can be set, and nobody real is called.",
        "Nothing, if that is meant. A sandbox never becomes production: deploy to another database.",
    )


def schema(facts: dict[str, Any], known: Sequence[Migration] | None = None) -> Finding:
    """Whether the database had the migrations of the release that this program is of."""
    known = migrations() if known is None else known
    applied, mine = facts.get("migrations"), f"this program's release, {__version__}"
    if "migrations" in facts and (applied is None or not known):
        where = "the database" if applied is None else "this installation"
        return skipped("schema", f"There is no record of migrations in {where}, so it was not compared with {mine}.")
    lacking = [one.path.stem for one in known if applied is not None and one.version not in applied]
    unknown = sorted(set(applied or ()) - {one.version for one in known})
    if applied is None or lacking:
        return wrong(
            "schema",
            f"The database is older than {mine}: it lacks {', '.join(lacking) or 'migrations'}.",
            "Push the migrations with `supabase db push`, then restart receiver and workers (docs/deploy.md).",
        )
    if unknown:
        return warning(
            "schema",
            f"The database is newer than {mine}: it had {', '.join(unknown)} as well.",
            "Check out the release that brought them, `make setup`, restart receiver and workers.",
        )
    return ok("schema", f"It is that of {mine}.")


def _tick(tick: dict[str, Any], at: datetime) -> Finding:
    overdue = tick["overdue_seconds"]
    if overdue is not None and overdue > LONGEST_OVERDUE_SECONDS:
        return wrong(
            "tick",
            f"Nobody calls the tick: a lease that ran out {overdue:.0f} s ago was not taken back.",
            "Enable pg_cron and schedule the tick's jobs as docs/deploy.md says, or run a worker with "
            "OUTBOUND_RUN_TICK=yes.",
        )
    if tick["driven_by"] == "workers":
        if tick["has_cron"]:
            return warning(
                "tick",
                "pg_cron is here but not every job of the tick is active (outbound-tick, outbound-launches, "
                "outbound-upkeep), so workers call it.",
                "Schedule all three as postgres, as docs/deploy.md says.",
            )
        return ok("tick", "Workers call it: there is no pg_cron here.")
    failed = {"outbound-tick": tick["last_message"]} if tick["last_status"] == "failed" else {}
    failed |= {one["job"]: one["message"] for one in tick["failed_jobs"]}
    if failed:
        return wrong(
            "tick",
            "Its last run failed: " + "; ".join(f"{job}: {message}" for job, message in failed.items()),
            "Mend what it says; pg_cron tries again every minute.",
        )
    if tick["last_run_at"] is None or at - datetime.fromisoformat(tick["last_run_at"]) > LONGEST_TICK_SILENCE:
        return wrong(
            "tick",
            f"pg_cron should run it every minute; its last run was {tick['last_run_at'] or 'never'}.",
            "If it was scheduled only now, wait a minute. Else restart a worker, which wakes pg_cron when it "
            "overlooked the job; if it stays so, look at cron.job_run_details and at the log for pg_cron.",
        )
    return ok("tick", "pg_cron runs it every minute.")


def _failing_step(step: dict[str, Any]) -> Finding:
    """A step of the tick that failed when it was last tried; the others went on."""
    subject = f" of {step['subject']}" if step["subject"] else ""
    told = f"{step['message']} ({step['code']}; {step['count']} times since {step['since']})"
    if step["code"] == _NOT_READY:
        return warning(f"tick: {step['step']}{subject}", told, "Mend what it says; the tick tries again every minute.")
    return wrong(
        f"tick: {step['step']}{subject}",
        told,
        "A defect, or a database that was changed by hand; the server's log has a warning for each try. The tick tries "
        "again every minute.",
    )


def _worker_role(role: dict[str, Any]) -> Finding:
    if role["is_privileged"]:
        return wrong(
            "worker role",
            "outbound_worker has more rights than its own: an attribute or the membership of another role.",
            "Revoke them: `alter role outbound_worker nosuperuser nobypassrls nocreaterole` and `revoke … from`.",
        )
    if role["may_make_temporary"]:
        return wrong(
            "worker role",
            "outbound_worker may create temporary objects, by which it could act as the functions' owner.",
            "As the database's owner: `revoke temporary on database postgres from public, outbound_worker`. A database "
            "that was restored from a dump needs it anew.",
        )
    if not role["can_log_in"]:
        return wrong(
            "worker role",
            "outbound_worker cannot log in.",
            "Give it a password: `alter role outbound_worker login password '…'`.",
        )
    return ok("worker role", "outbound_worker logs in and has no rights but its own.")


def _queue(queue: dict[str, Any]) -> Finding:
    name = f"queue {queue['queue']}"
    if queue["lag_seconds"] > LONGEST_LAG_SECONDS:
        return warning(
            name,
            f"{queue['due_jobs']} jobs are due, the next in line for {queue['lag_seconds']:.0f} s.",
            "Is a worker running for it? Then `outbound jobs list --status READY` and `outbound jobs show` say why.",
        )
    return ok(name, f"{queue['due_jobs']} due, {queue['jobs_in_progress']} in progress.")


def _held(campaign: dict[str, Any]) -> Finding:
    """A campaign that runs, and whose jobs wait for what was taken from it."""
    return warning(
        f"campaign {campaign['campaign']} of {campaign['team']}",
        "Jobs wait: " + " ".join(blocker["message"] for blocker in campaign["blockers"]),
        "Verify the number or activate the assistant again: they go on by themselves, and what is too late is closed.",
    )


def name_of(account: dict[str, Any]) -> str:
    """An account as people know it."""
    return f"{account['provider']} of {account['team']}"


def _account(account: dict[str, Any]) -> Finding:
    if account["health"] == "paused":
        return wrong(
            name_of(account), account["message"], "Mend the account, then `resume_integration` for its provider."
        )
    if account["health"] == "slowed":
        return warning(name_of(account), account["message"], "Nothing; the pace recovers by itself.")
    return ok(name_of(account), account["message"])


def _webhooks(account: dict[str, Any]) -> Iterator[Finding]:
    taken, heard_of = account["webhooks"]["taken"], account["webhooks"]["heard_of"]
    if taken >= FEW_REQUESTS and heard_of == 0:
        yield wrong(
            f"webhooks: {name_of(account)}",
            f"Of its last {taken} requests that were taken, the receiver heard of none.",
            "Workers and receiver must share one OUTBOUND_WEBHOOK_PUBLIC_URL, and it must be open from outside.",
        )
