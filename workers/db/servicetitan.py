"""What refreshes, previews and catalogues of ServiceTitan read and write."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from workers.db.session import Row, Session

_FEED = "select engine.servicetitan_feed(p_team_id => %(team)s, p_feed => %(feed)s) as token"
_STORE_FEED = """
    select engine.store_feed_page(
        p_team_id => %(team)s, p_subject_id => %(subject)s, p_feed => %(feed)s, p_records => %(records)s,
        p_started_from => %(started_from)s, p_continue_from => %(continue_from)s
    ) as token
"""
_RESTART_FEED = """
    select engine.restart_servicetitan_feed(p_team_id => %(team)s, p_feed => %(feed)s, p_refused => %(token)s)
"""
_STORE_FOUND = """
    select engine.store_found(
        p_team_id => %(team)s, p_subject_id => %(subject)s, p_kind => %(kind)s, p_records => %(records)s
    ) as stored
"""
_STORE_REPORT_PAGE = """
    select engine.store_report_page(
        p_team_id => %(team)s, p_subject_id => %(subject)s, p_page_number => %(page)s, p_columns => %(columns)s,
        p_rows => %(rows)s
    )
"""
_REPORT_ISSUES = "select engine.report_issues(p_definition => %(definition)s, p_report => %(report)s) as issues"
_START_REFRESH = "select engine.start_refresh(p_team_id => %(team)s, p_run_id => %(subject)s) as subject"
_FINISH_REFRESH = """
    select engine.describe_run(r) as run
    from engine.finish_refresh(p_team_id => %(team)s, p_run_id => %(subject)s, p_is_source_empty => %(is_empty)s) as r
"""
_START_PREVIEW = "select engine.start_preview(p_team_id => %(team)s, p_preview_id => %(subject)s) as subject"
_FINISH_PREVIEW = "select engine.finish_preview(p_team_id => %(team)s, p_preview_id => %(subject)s)"
_NOTE_WAIT = "select engine.note_wait(p_team_id => %(team)s, p_subject_id => %(subject)s, p_words => %(words)s)"
_IS_SOURCE_EMPTY = "select engine.is_source_empty(p_team_id => %(team)s) as is_empty"
_STORE_CATALOGUE = """
    select engine.store_catalogue(p_team_id => %(team)s, p_kind => %(kind)s, p_records => %(records)s)
"""
_FINISH_CATALOGUE = "select engine.finish_catalogue(p_team_id => %(team)s, p_catalogue_id => %(subject)s)"

_START_WATCH = "select since, until from engine.start_watch(p_team_id => %(team)s, p_watch_id => %(subject)s)"
_STORE_CANCELLED = """
    select engine.store_cancelled(
        p_team_id => %(team)s, p_watch_id => %(subject)s, p_kind => %(kind)s, p_ids => %(ids)s
    ) as stopped
"""
_FINISH_WATCH = """
    select engine.finish_watch(p_team_id => %(team)s, p_watch_id => %(subject)s, p_until => %(until)s) as stopped
"""
_STOP_CANCELLED = "select engine.stop_cancelled(p_team_id => %(team)s) as stopped"


class ServiceTitanCalls(Session):
    """A `Mirror`. Everything may be called twice: the same records again change nothing."""

    async def feed_token(self, team: UUID, feed: str) -> str | None:
        """Where an export of the team stands."""
        token: str | None = (await self._row(_FEED, {"team": team, "feed": feed}))["token"]
        return token

    async def store_feed(
        self, team: UUID, subject: UUID, feed: str, records: list[Row], started_from: str | None, continue_from: str
    ) -> str | None:
        """Store a page of an export and its token; where the feed stands now, which another worker may have moved."""
        arguments = {
            "team": team,
            "subject": subject,
            "feed": feed,
            "records": Jsonb(records),
            "started_from": started_from,
            "continue_from": continue_from,
        }
        token: str | None = (await self._row(_STORE_FEED, arguments))["token"]
        return token

    async def restart_feed(self, team: UUID, feed: str, token: str) -> None:
        """Forget a token that was refused."""
        await self._row(_RESTART_FEED, {"team": team, "feed": feed, "token": token})

    async def store_found(self, team: UUID, subject: UUID, kind: str, records: list[Row]) -> None:
        """Store jobs or appointments that a running refresh or preview asked for."""
        await self._row(_STORE_FOUND, {"team": team, "subject": subject, "kind": kind, "records": Jsonb(records)})

    async def store_report_page(
        self, team: UUID, subject: UUID, page: int, columns: Sequence[str], rows: list[list[Any]]
    ) -> None:
        """Store a page of a report."""
        arguments = {"team": team, "subject": subject, "page": page, "columns": list(columns), "rows": Jsonb(rows)}
        await self._row(_STORE_REPORT_PAGE, arguments)

    async def report_issues(self, definition: Row, report: Row) -> list[Row]:
        """What is wrong with a definition's parameters, by the report's own description."""
        arguments = {"definition": Jsonb(definition), "report": Jsonb(report)}
        issues: list[Row] = (await self._row(_REPORT_ISSUES, arguments))["issues"]
        return issues

    async def start_refresh(self, team: UUID, run: UUID) -> Row:
        """Begin a refresh or take it up again: `{status, source, definition, feeds, conditions}` or `{status}`."""
        subject: Row = (await self._row(_START_REFRESH, {"team": team, "subject": run}))["subject"]
        return subject

    async def finish_refresh(self, team: UUID, run: UUID, *, is_empty: bool) -> Row:
        """Make the list hold what was fetched; the run as it ended."""
        arguments = {"team": team, "subject": run, "is_empty": is_empty}
        ended: Row = (await self._row(_FINISH_REFRESH, arguments))["run"]
        return ended

    async def start_preview(self, team: UUID, preview: UUID) -> Row:
        """Begin a preview or take it up again; see `start_refresh`."""
        subject: Row = (await self._row(_START_PREVIEW, {"team": team, "subject": preview}))["subject"]
        return subject

    async def finish_preview(self, team: UUID, preview: UUID) -> None:
        """Count what was fetched."""
        await self._row(_FINISH_PREVIEW, {"team": team, "subject": preview})

    async def note_wait(self, team: UUID, subject: UUID, words: str | None) -> None:
        """Say what a run or preview waits for; `None` when it goes on."""
        await self._row(_NOTE_WAIT, {"team": team, "subject": subject, "words": words})

    async def is_source_empty(self, team: UUID) -> bool:
        """Whether ServiceTitan gave not one customer."""
        return bool((await self._row(_IS_SOURCE_EMPTY, {"team": team}))["is_empty"])

    async def store_catalogue(self, team: UUID, kind: str, records: list[Row]) -> None:
        """Replace one kind of catalogue."""
        await self._row(_STORE_CATALOGUE, {"team": team, "kind": kind, "records": Jsonb(records)})

    async def finish_catalogue(self, team: UUID, catalogue: UUID) -> None:
        """All kinds were read."""
        await self._row(_FINISH_CATALOGUE, {"team": team, "subject": catalogue})

    async def start_watch(self, team: UUID, watch: UUID) -> tuple[datetime, datetime] | None:
        """Since when, and until when, cancellations have to be asked for; `None` when nobody waits for any."""
        rows = await self._rows(_START_WATCH, {"team": team, "subject": watch})
        return (rows[0]["since"], rows[0]["until"]) if rows else None

    async def store_cancelled(self, team: UUID, watch: UUID, kind: str, ids: list[int]) -> int:
        """Note jobs or appointments that were cancelled; how many people were stopped for that."""
        arguments = {"team": team, "subject": watch, "kind": kind, "ids": ids}
        return int((await self._row(_STORE_CANCELLED, arguments))["stopped"])

    async def finish_watch(self, team: UUID, watch: UUID, until: datetime) -> int:
        """Remember where a look ended; how many more people were stopped."""
        return int((await self._row(_FINISH_WATCH, {"team": team, "subject": watch, "until": until}))["stopped"])

    async def stop_cancelled(self, team: UUID) -> int:
        """Stop whoever is enrolled for what is known to be cancelled; how many people."""
        return int((await self._row(_STOP_CANCELLED, {"team": team}))["stopped"])
