"""`outbound audiences`: what a list is called, whom it leaves out, what uses it, and its end."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.output import JsonOption, YesOption, confirm, print_fields, print_json, print_table, say

verbs = typer.Typer(no_args_is_help=True)

ListArgument = Annotated[UUID, typer.Argument(metavar="LIST", help="Id of the list.")]


@verbs.command()
def update(
    list_id: ListArgument,
    name: Annotated[str, typer.Option(help="The new name.")],
    as_json: JsonOption = False,
) -> None:
    """Rename a list. Whom it leaves out: outbound audiences exclusions.

    Example: outbound audiences update 0193e0a4-… --name "Spring tune-up"
    """
    with Api.from_settings() as api:
        changed = api.rpc("update_audience_list", p_list_id=str(list_id), p_name=name)
    if as_json:
        print_json(changed)
        return
    print_fields({"name": changed["name"], "id": changed["id"]})


@verbs.command()
def archive(list_id: ListArgument, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Archive a list: its schedule goes off, nothing fills it or launches over it. Says what goes with it, and asks.

    Example: outbound audiences archive 0193e0a4-… --yes
    """
    with Api.from_settings() as api:
        plan = api.rpc("archive_audience_list", p_list_id=str(list_id), p_dry_run=True)
        say(plan["message"])
        confirm("Archive it?", yes=yes)
        archived = api.rpc("archive_audience_list", p_list_id=str(list_id))
    if as_json:
        print_json(archived)
        return
    print_fields({"name": archived["name"], "status": archived["status"], "id": archived["id"]})


@verbs.command()
def unarchive(list_id: ListArgument, as_json: JsonOption = False) -> None:
    """Bring an archived list back. Its schedule stays off until it is turned on.

    Example: outbound audiences unarchive 0193e0a4-…
    """
    with Api.from_settings() as api:
        found = api.rpc("unarchive_audience_list", p_list_id=str(list_id))
    if as_json:
        print_json(found)
        return
    print_fields({"name": found["name"], "status": found["status"], "id": found["id"]})


@verbs.command()
def usage(
    list_id: ListArgument,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show the campaigns that use a list, newest first.

    Example: outbound audiences usage 0193e0a4-…
    """
    with Api.from_settings() as api:
        page = api.rpc("get_audience_campaign_usage", p_list_id=str(list_id), p_limit=limit)
    if as_json:
        print_json(page)
        return
    print_table(
        ["name", "status", "workflow", "version", "enrolled", "id"],
        [
            (item["name"], item["status"], item["workflow"]["name"], item["workflow"]["version"],
             f"{item['enrolled_count']:,}", item["id"])
            for item in page["items"]
        ],
        right=["version", "enrolled"],
    )  # fmt: skip
    if page["next_cursor"]:
        say("There are more; --limit shows up to 1000.")


@verbs.command()
def exclusions(
    list_id: ListArgument,
    lists: Annotated[list[UUID] | None, typer.Option("--list", help="Leave out the members of this list.")] = None,
    campaigns: Annotated[
        list[UUID] | None, typer.Option("--campaign", help="Leave out whoever was enrolled in this campaign.")
    ] = None,
    tags: Annotated[list[int] | None, typer.Option("--tag", help="Leave out customers with this tag (its id).")] = None,
    phones: Annotated[list[str] | None, typer.Option("--phone", help="Leave out this number.")] = None,
    contacted_within: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Leave out who was called or texted within it, such as P30D.")
    ] = None,
    booked_within: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Leave out who booked within it, such as P90D.")
    ] = None,
    already_booked: Annotated[
        bool | None, typer.Option("--already-booked/--not-already-booked", help="Leave out whoever booked, ever.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget the exclusions that there are.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show whom a list leaves out, or change it. What is named replaces that kind of exclusion; the others stay.

    Options that name one thing can be repeated. Runs from now on leave these people out; members stay members.

    Example: outbound audiences exclusions 0193e0a4-… --contacted-within P30D --phone "(212) 555-0142"
    """
    named: dict[str, Any] = {
        "list_ids": [str(one) for one in lists] if lists else None,
        "campaign_ids": [str(one) for one in campaigns] if campaigns else None,
        "tags": tags,
        "phones": phones,
        "contacted_within": contacted_within,
        "booked_within": booked_within,
        "already_booked": already_booked,
    }
    changes = {name: value for name, value in named.items() if value not in (None, [])}
    with Api.from_settings() as api:
        found = api.rpc("get_audience_list", p_list_id=str(list_id))
        if clear or changes:
            kept = {} if clear else found["exclusions"]
            found = api.rpc("update_audience_list", p_list_id=str(list_id), p_exclusions={**kept, **changes})
    if as_json:
        print_json(found["exclusions"])
        return
    if not found["exclusions"]:
        say("The list leaves nobody out.")
        return
    print_table(
        ["leaves out", "which"],
        [
            (name, ", ".join(map(str, value)) if isinstance(value, list) else value)
            for name, value in sorted(found["exclusions"].items())
        ],
    )
