"""Arguments that an RPC takes: of each by its name, and for some RPCs a row in the state that they ask for.

Ids are written as `{own.campaign}`: what stands there is filled in from the scene, so that a call can be written down
and played again on another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import psycopg

from cli.dev.fuzz.scene import Scene, missing_id, phone

GRAPH: dict[str, Any] = {
    "nodes": [
        {"id": "start", "type": "trigger", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "filter": {}}},
        {
            "id": "call",
            "type": "call",
            "position": {"x": 0, "y": 1.5},
            "measured": {"width": 200, "height": 80},
            "data": {
                "label": "First call",
                "assistant_id": "{own.assistant}",
                "first_message": "Hi {{first_name|there}}!",
                "business_hours": {"timezone": "team", "windows": {"monday": [{"start": "09:00", "end": "17:00"}]}},
                "batching": {"size": 50, "interval": "PT5M"},
                "retry": {"outcomes": ["no_answer", "busy"], "max_retries": 2, "delay": "PT4H"},
            },
        },
        {
            "id": "text",
            "type": "text",
            "position": {"x": 0, "y": 2},
            "data": {
                "template": "Hi {{first_name}}, your {{unit}} is due.",
                "template_overrides": {"unit": "furnace"},
                "reply_window": "P1D",
            },
        },
        {"id": "last", "type": "text", "position": {"x": 9, "y": 2}, "data": {"assistant_id": "{own.text_assistant}"}},
    ],
    "edges": [
        {"id": "e1", "source": "start", "target": "call", "data": {"when": "any"}},
        {
            "id": "e2",
            "source": "call",
            "target": "text",
            "data": {"when": "no_answer", "delay": "PT15M", "priority": 1},
        },
        {"id": "e3", "source": "call", "target": "last", "data": {"when": "any", "priority": 2}},
        {
            "id": "e4",
            "source": "text",
            "target": "last",
            "data": {"when": "reply_matches", "phrases": ["yes", "ok"], "label": "Yes", "priority": 1},
        },
    ],
}
EXCLUSIONS: dict[str, Any] = {
    "list_ids": ["{own.free_list}"],
    "campaign_ids": ["{own.campaign}"],
    "contacted_within": "P7D",
    "booked_within": "P30D",
    "already_booked": True,
    "phones": ["(646) 555-0199"],
}
DEFINITION: dict[str, Any] = {
    "match": {
        "all": [
            {"customer": {"types": ["Residential"], "tags": {"any": [101]}, "balance": {"max": 100}, "zips": ["802"]}},
            {"job": {"job_types": [301], "completed": {"days_ago": {"min": 330, "max": 400}}}},
            {"not": {"appointment": {"starts": {"days_ahead": {"min": 0, "max": 14}}, "unused": False}}},
            {"any": [{"membership": {"ends": {"from": "2027-01-01", "to": "2027-03-31"}}}]},
        ]
    },
    "phone": "any",
    "purpose": "marketing",
}

BY_NAME: dict[str, Any] = {
    "p_team_id": "{own.team}",
    "p_list_id": "{own.list}",
    "p_workflow_id": "{own.draft}",
    "p_campaign_id": "{own.campaign}",
    "p_campaign_ids": ["{own.campaign}", "{own.paused_campaign}"],
    "p_phone_number_id": "{own.phone_number}",
    "p_assistant_id": "{own.assistant}",
    "p_contact_id": "{own.contact}",
    "p_job_id": "{own.job}",
    "p_run_id": "{own.run}",
    "p_outreach_id": "{own.outreach}",
    "p_item_ids": ["{own.item}"],
    "p_endpoint_id": "{own.endpoint}",
    "p_lineage_id": "{own.lineage}",
    "p_from_id": "{own.workflow}",
    "p_to_id": "{own.draft}",
    "p_user_id": "{own.viewer}",
    "p_graph": GRAPH,
    "p_rows": [
        ["Phone", "First name", "E-mail", "ZIP", "Time zone", "Customer id", "Job id"],
        ["(646) 555-0150 x7", "Pat", "pat@example.com", "10001", "America/New_York", "17", "29"],
        ["6465550151", "", None, "", "", "", ""],
    ],
    "p_sample": [["Phone", "First name"], ["6465550150", "Pat"]],
    "p_definition": DEFINITION,
    "p_exclusions": EXCLUSIONS,
    "p_targeting": {"tags": [101]},
    "p_mapping": {"phone": "phone"},
    "p_settings": {},
    "p_outcomes": {"call": ["no_answer", "booked"], "text": ["no_reply"]},
    "p_contact": {"timezone": "America/New_York", "state": "NY"},
    "p_phrases": ["genug jetzt", {"phrase": "send offers", "action": "opt_in", "is_whole_message": True}],
    "p_lead": {"phone": "(646) 555-0160", "first_name": "Lee", "email": "l@example.com", "postal_code": "10001"},
    "p_name": "Spring",
    "p_list_name": "From a file",
    "p_file_name": "people.csv",
    "p_label": "Line",
    "p_note": "as asked",
    "p_search": "Pat",
    "p_phone": phone(2001),
    "p_timezone": "America/Chicago",
    "p_country": "US",
    "p_expression": "0 7 * * 1",
    "p_kind": "text",
    "p_channel": "text",
    "p_provider": "vapi",
    "p_provider_assistant_id": "vapi-voice",
    "p_vapi_phone_number_id": "vapi-line",
    "p_secret_name": "VAPI",
    "p_role": "viewer",
    "p_source": "csv",
    "p_direction": "TB",
    "p_template": "Hi {{first_name|there}}",
    "p_urgency": "normal",
    "p_external_id": "lead-7",
    "p_max_lateness": "P1D",
    "p_frequency_window": "P1D",
    "p_at": "2027-03-01T18:00:00Z",
    "p_from": "2027-03-01T18:00:00Z",
    "p_to": "2027-03-02T18:00:00Z",
    "p_start_at": "2027-03-01T18:00:00Z",
    "p_reason_codes": ["bad_number"],
    "p_limit": 10,
    "p_revision": 1,
    "p_priority": 100,
    "p_count": 3,
    "p_seed": 1,
    "p_position": 1,
    "p_retry_budget": 3,
    "p_concurrency_limit": 5,
    "p_rate_per_minute": 30,
    "p_daily_limit": 500,
    "p_frequency_limit": 3,
    "p_is_enabled": True,
    "p_partial": True,
    "p_bucket": "hour",
}
"""What an argument of this name usually holds. One that is not here keeps its default."""

OF: dict[str, dict[str, Any]] = {
    "archive_campaign": {"p_campaign_id": "{own.created_campaign}"},
    "archive_audience_list": {"p_list_id": "{own.filtered_list}"},
    "clone_workflow": {"p_name": "Copy", "p_new_lineage": True},
    "create_audience_list": {"p_mapping": None, "p_definition": {}, "p_source": "csv"},
    "create_campaign": {"p_workflow_id": "{own.workflow}"},
    "create_lead_endpoint": {"p_list_id": "{own.lead_list}", "p_source": "web"},
    "explain_contact": {"p_phone": None},
    "get_consent_history": {"p_phone": phone(2004)},
    "get_node_metrics": {"p_campaign_ids": None},
    "get_servicetitan_catalogue": {"p_kind": "tag_types"},
    "import_audience_rows": {"p_mapping": None},
    "import_suppressions": {"p_rows": [{"phone": "(646) 555-0150", "channel": "call"}, "(646) 555-0151"]},
    "ingest_lead": {"p_list_id": "{own.lead_list}", "p_source": "web"},
    "launch_campaign": {"p_campaign_id": "{own.created_campaign}"},
    "launch_outreach": {"p_kind": "maintenance", "p_channel": "call", "p_template": None},
    "opt_in": {"p_phone": phone(2004), "p_channel": "call", "p_reason": "opted_out"},
    "opt_out": {"p_phone": phone(2003), "p_channel": "text", "p_reason": "opted_out"},
    "preview_audience_definition": {"p_source": "servicetitan"},
    "preflight_campaign": {"p_campaign_id": "{own.created_campaign}"},
    "refresh_audience_list": {"p_list_id": "{own.filtered_list}"},
    "resume_campaign": {"p_campaign_id": "{own.paused_campaign}"},
    "retry_job": {"p_job_id": "{own.failed_job}"},
    "set_audience_schedule": {"p_list_id": "{own.filtered_list}"},
    "simulate_workflow": {"p_workflow_id": None},
    "start_audience_import": {"p_list_id": None, "p_mapping": None},
    "toggle_audience_schedule": {"p_list_id": "{own.scheduled_list}", "p_is_enabled": False},
    "unarchive_audience_list": {"p_list_id": "{own.archived_list}"},
    "unarchive_campaign": {"p_campaign_id": "{own.archived_campaign}"},
    "unschedule_campaign": {"p_campaign_id": "{own.scheduled_campaign}"},
    "update_audience_list": {"p_list_id": "{own.filtered_list}"},
    "update_campaign": {"p_campaign_id": "{own.created_campaign}", "p_workflow_id": "{own.workflow}"},
    "upsert_assistant": {"p_channel": "call", "p_template": None},
    "upsert_phone_number": {"p_phone": phone(2000)},
    "validate_audience_csv": {"p_mapping": None},
}
"""What an RPC needs otherwise."""


@dataclass(frozen=True)
class Rpc:
    """A function of the API: its arguments with their types, in order, and those that must be given."""

    name: str
    arguments: dict[str, str]
    required: tuple[str, ...]
    is_set: bool
    is_volatile: bool
    callers: frozenset[str]
    """The roles that may execute it."""


_RPCS = """
    select
        p.proname, p.pronargs - p.pronargdefaults, p.proargnames[:p.pronargs],
        array(select format_type(t.type, null) from unnest(p.proargtypes) with ordinality as t (type, n) order by n),
        p.proretset, p.provolatile = 'v',
        array(select r.rolname::text from pg_roles as r
              where r.rolname in ('anon', 'authenticated', 'service_role', 'outbound_worker')
                and has_function_privilege(r.oid, p.oid, 'execute'))
    from pg_proc as p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
      and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
    order by p.proname
"""


def rpcs(connection: psycopg.Connection[Any]) -> dict[str, Rpc]:
    """Every function of the API by its name, from the catalogue."""
    found: dict[str, Rpc] = {}
    for name, required, names, types, is_set, is_volatile, callers in connection.execute(_RPCS):
        assert name not in found, f"{name} is there twice: PostgREST could not choose"
        arguments = dict(zip(names or (), types, strict=True))
        found[name] = Rpc(name, arguments, tuple(arguments)[:required], is_set, is_volatile, frozenset(callers))
    return found


def valid(rpc: Rpc) -> dict[str, Any]:
    """Arguments with which the RPC does what it is for, with ids still to be filled in."""
    given = {name: BY_NAME[name] for name in rpc.arguments if name in BY_NAME} | OF.get(rpc.name, {})
    return {name: value for name, value in given.items() if value is not None}


_PLACE = re.compile(r"\{(own|other|missing)\.(\w+)\}")


def fill(value: Any, scene: Scene) -> Any:
    """The value with the scene's ids; `{missing.x}` becomes an id that no row has."""
    if isinstance(value, str):
        return _PLACE.sub(lambda place: _id(scene, *place.groups()), value)
    if isinstance(value, list):
        return [fill(item, scene) for item in value]
    if isinstance(value, dict):
        return {fill(key, scene): fill(item, scene) for key, item in value.items()}
    return value


def of_others(value: Any, owner: str) -> Any:
    """The value with each of our ids replaced by the id of such a row of another owner."""
    if isinstance(value, str):
        return _PLACE.sub(lambda place: f"{{{owner}.{place[2]}}}", value)
    if isinstance(value, list):
        return [of_others(item, owner) for item in value]
    if isinstance(value, dict):
        return {key: of_others(item, owner) for key, item in value.items()}
    return value


def _id(scene: Scene, owner: str, name: str) -> str:
    if owner == "missing":
        return missing_id(name)
    company = scene.own if owner == "own" else scene.other
    return company.people.get(name) or company.ids[name]
