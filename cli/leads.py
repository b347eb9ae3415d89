"""`outbound leads`: people who asked to be called, one by one, and the addresses to which other systems post them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from cli.api import Api
from cli.output import JsonOption, YesOption, confirm, print_fields, print_json, print_table, say

app = typer.Typer(no_args_is_help=True)

ListArgument = Annotated[UUID, typer.Argument(metavar="LIST", help="Id of a list with source speed_to_lead.")]


@app.callback()
def leads() -> None:
    """Speed to lead: people who asked to be called.

    Example: outbound leads add 018f… --phone "(212) 555-0123" --source website
    """


@app.command()
def add(
    audience_list: ListArgument,
    phone: Annotated[str, typer.Option(help="The number, in any spelling.")],
    name: Annotated[str | None, typer.Option(help="The whole name.")] = None,
    email: Annotated[str | None, typer.Option(help="The e-mail address.")] = None,
    postal_code: Annotated[str | None, typer.Option(help="ZIP code, which tells the time zone.")] = None,
    source: Annotated[str, typer.Option(help="Where the lead comes from.")] = "operator",
    external_id: Annotated[str | None, typer.Option("--id", help="Its id there: the same id is the same lead.")] = None,
    urgency: Annotated[str, typer.Option(help="normal, high or emergency.")] = "normal",
    as_json: JsonOption = False,
) -> None:
    """Take a lead in. Campaigns that enroll continuously from the list call it at once.

    Example: outbound leads add 018f… --phone "(212) 555-0123" --name "Dana Reyes" --urgency high
    """
    told = {"phone": phone, "full_name": name, "email": email, "postal_code": postal_code}
    with Api.from_settings() as api:
        taken = api.rpc(
            "ingest_lead",
            p_list_id=str(audience_list),
            p_lead={key: value for key, value in told.items() if value is not None},
            p_source=source,
            p_external_id=external_id,
            p_urgency=urgency,
        )
    if as_json:
        print_json(taken)
        return
    print_fields(
        {
            "lead": taken["lead_id"],
            "status": "known already" if taken["is_duplicate"] else taken["status"].lower(),
            "contact": taken["contact_id"],
            "campaigns": ", ".join(f"{item['name']} ({item['status']})" for item in taken["campaigns"]) or "none",
        }
    )
    for problem in taken["problems"]:
        say(f"{problem['message']} ({problem['code']})")


@app.command("list")
def list_leads(
    audience_list: ListArgument,
    status: Annotated[str | None, typer.Option(help="ACCEPTED, EXCLUDED or REJECTED.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to list at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List the leads of a list, newest first, those that could not be called too.

    Example: outbound leads list 018f… --status REJECTED
    """
    where: dict[str, Any] = {"list_id": f"eq.{audience_list}"}
    if status is not None:
        where["status"] = f"eq.{status.upper()}"
    columns = "id,received_at,source,external_id,urgency,status,problems"
    with Api.from_settings() as api:
        found = api.select("leads", select=columns, order="id.desc", limit=str(limit), **where)
    if as_json:
        print_json(found)
        return
    print_table(
        ("id", "received", "source", "id there", "urgency", "status", "problems"),
        [
            (item["id"], item["received_at"][:16].replace("T", " "), item["source"], item["external_id"],
             item["urgency"], item["status"], ", ".join(problem["code"] for problem in item["problems"]))
            for item in found
        ],
    )  # fmt: skip


@app.command()
def endpoints(audience_list: ListArgument, as_json: JsonOption = False) -> None:
    """List the addresses to which other systems post the leads of a list.

    Example: outbound leads endpoints 018f…
    """
    with Api.from_settings() as api:
        found = api.rpc("list_lead_endpoints", p_list_id=str(audience_list))
    if as_json:
        print_json(found)
        return
    print_table(
        ("id", "source", "made", "closed"),
        [
            (item["endpoint_id"], item["source"], item["created_at"][:16].replace("T", " "),
             (item["revoked_at"] or "")[:16].replace("T", " "))
            for item in found
        ],
    )  # fmt: skip


@app.command()
def connect(
    audience_list: ListArgument,
    source: Annotated[str, typer.Option(help="The system that will post, such as website.")],
    as_json: JsonOption = False,
) -> None:
    """Make an address for leads. Its token is shown once.

    Example: outbound leads connect 018f… --source website
    """
    with Api.from_settings() as api:
        made = api.rpc("create_lead_endpoint", p_list_id=str(audience_list), p_source=source)
    if as_json:
        print_json(made)
        return
    print_fields({"endpoint": made["endpoint_id"], "source": made["source"], "path": made["path"]})
    say(
        "Post leads (JSON or a form) to this path of the receiver. Who knows it can bring leads: it is not shown again."
    )


@app.command()
def disconnect(
    endpoint: Annotated[UUID, typer.Argument(metavar="ENDPOINT", help="Id of the address.")],
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Close an address for leads, for good.

    Example: outbound leads disconnect 018f…
    """
    confirm(f"Close the address {endpoint}? Whoever posts there will be refused.", yes=yes)
    with Api.from_settings() as api:
        closed = api.rpc("revoke_lead_endpoint", p_endpoint_id=str(endpoint))
    if as_json:
        print_json(closed)
        return
    say(f"Closed: {closed['source']}.")
