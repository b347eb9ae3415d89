"""Imports as the command line does them, without HTTP: RPCs on one connection, rows over the worker's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.api import Api
from cli.audiences import importing
from cli.audiences.importing import ImportRequest
from cli.errors import CommandError
from tests.support.databases import Database
from tests.support.factories import Team, make_team
from tests.support.people import acting_as
from tests.support.sql_api import SqlApi

Result = tuple[dict[str, Any], list[dict[str, Any]]]


class Importer:
    """One team's operator with a terminal."""

    def __init__(self, api: Api, team: Team) -> None:
        self.api = api
        self.team = team

    def __call__(self, path: Path, **options: Any) -> Result:
        """Import a file; the run as it ended, and all its problems."""
        request = ImportRequest(path=path, **{"list_name": path.stem, "partial": True, **options})
        run = importing.run_import(self.api, request)
        return run, list(importing.problems(self.api, run["id"]))

    def refused(self, path: Path, **options: Any) -> CommandError:
        """The sentence that refuses a file as a whole."""
        with pytest.raises(CommandError) as refusal:
            self(path, **options)
        return refusal.value


@pytest.fixture
def importer(module_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Importer]:
    """A fresh team on the module's database."""
    monkeypatch.setenv("OUTBOUND_DATABASE_URL", module_database.url("outbound_worker"))
    with module_database.connect(autocommit=True) as connection:
        team = make_team(connection, f"Team {id(monkeypatch)}")
        with acting_as(connection, team.admin_id):
            yield Importer(SqlApi(connection), team)
        connection.execute("delete from public.teams where id = %s", [team.id])


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes | str], Path]:
    """Write a contact file."""

    def write_file(content: bytes | str) -> Path:
        path = tmp_path / "contacts.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file
