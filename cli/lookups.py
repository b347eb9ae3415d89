"""What people call things by on the command line, as the ids that the RPCs take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from cli.api import Api
from cli.errors import CommandError


def id_text(value: UUID | None) -> str | None:
    """An id as an RPC takes it."""
    return None if value is None else str(value)


def team_of_list(api: Api, list_id: UUID) -> str:
    """The team that an audience list belongs to."""
    found = api.select("audience_lists", select="team_id", id=f"eq.{list_id}")
    if not found:
        raise CommandError("There is no such audience list.", code="OB004", hint="outbound audiences list shows them.")
    return str(found[0]["team_id"])


def sending_number(api: Api, team_id: str, said: str | None) -> str:
    """A sending number by its id or as it is dialled; the team's only one when nothing is said."""
    found = api.select("phone_numbers", select="id,phone", team_id=f"eq.{team_id}")
    chosen = [row for row in found if said is None or said in {row["id"], row["phone"]}]
    if len(chosen) != 1:
        known = ", ".join(row["phone"] for row in found) or "none"
        raise CommandError("Say which number to send from with --from.", hint=f"The team's numbers: {known}.")
    return str(chosen[0]["id"])


def by_name(api: Api, table: str, team_id: str, said: str, **where: str) -> str:
    """The id of what has this id or this name."""
    found = api.select(table, select="id,name", team_id=f"eq.{team_id}", **where)
    chosen = [row for row in found if said == row["id"] or said.lower() == row["name"].lower()]
    if len(chosen) != 1:
        known = ", ".join(sorted(row["name"] for row in found)) or "none"
        raise CommandError(f'{len(chosen)} of the {table} are called "{said}".', hint=f"There are: {known}.")
    return str(chosen[0]["id"])


def json_file(path: Path | None) -> Any:
    """What a JSON file holds; an empty object when none is named."""
    if path is None:
        return {}
    try:
        return json.loads(path.read_text())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}.") from None
