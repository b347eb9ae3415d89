"""Who may do what: the one place where it is declared. What the database has and this does not fails a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Least = Literal["viewer", "operator", "admin", "service"]


@dataclass(frozen=True)
class Access:
    """The least role that an RPC serves, and whether it writes when that role calls it."""

    least: Least
    writes: bool


_DECLARED: tuple[tuple[Least, bool, str], ...] = (
    (
        "viewer",
        False,
        """
        compare_workflows describe_cron explain_contact get_audience_campaign_usage get_audience_list
        get_audience_members get_audience_run_errors get_audience_runs get_audience_stats get_campaign
        get_campaign_enrollments get_campaign_failures get_campaign_timeseries get_consent_history get_counter_health
        get_instant_metrics get_integration_health get_job get_node_metrics get_outreach_items
        get_team_phrases get_team_settings get_workflow layout_workflow list_audience_lists
        list_audience_schedules list_campaigns list_jobs list_lead_endpoints list_outreaches list_team_members
        list_workflows preflight_campaign simulate_workflow validate_audience_csv validate_workflow_graph
        """,
    ),
    # what they show is fetched from ServiceTitan when somebody asks
    ("viewer", True, "get_campaign_prerequisites get_servicetitan_catalogue"),
    (
        "operator",
        True,
        """
        archive_audience_list archive_campaign archive_workflow cancel_campaign cancel_job clone_workflow
        create_audience_list create_campaign create_workflow import_audience_rows ingest_lead launch_campaign
        launch_outreach opt_out pause_campaign preview_audience_definition publish_workflow refresh_audience_list
        resume_campaign retry_failed_enrollments retry_job retry_outreach_items save_workflow
        set_audience_schedule start_audience_import toggle_audience_schedule unarchive_audience_list
        unarchive_campaign unschedule_campaign update_audience_list update_campaign
        """,
    ),
    (
        "admin",
        True,
        """
        create_lead_endpoint import_suppressions opt_in resume_integration revoke_lead_endpoint set_team_member
        set_team_phrases update_team_settings upsert_assistant upsert_phone_number
        """,
    ),
    ("service", False, "get_deployment_facts"),
    ("service", True, "create_team upsert_integration"),
)
RPCS = {name: Access(least, writes) for least, writes, names in _DECLARED for name in names.split()}

NOTHING_TO_DO = {"retry_outreach_items": "no hold of the scene has failed"}
"""RPCs that write, but not with what the scene holds."""

OF_NO_TEAM = {"describe_cron", "layout_workflow"}
"""RPCs that are about no team's rows: every member of any team may call them."""

EMPTY_FOR_OTHERS = {"get_audience_stats", "get_campaign_timeseries", "get_instant_metrics"}
"""RPCs that answer with no row, or with zeros, for an id that they don't know, instead of refusing the whole call."""

OTHER_ANSWERS = {
    # what a campaign is made of, and what an outreach is sent with, is judged together with the rest of the input
    "create_campaign p_list_id": "OB001",
    "create_campaign p_workflow_id": "OB001",
    "create_campaign p_phone_number_id": "OB001",
    "update_campaign p_list_id": "OB001",
    "update_campaign p_workflow_id": "OB001",
    "update_campaign p_phone_number_id": "OB001",
    "launch_outreach p_phone_number_id": "OB001",
    "launch_outreach p_assistant_id": "OB001",
    # the list or campaign that is named says which team it is
    "get_audience_runs p_team_id": "",
    "list_jobs p_team_id": "",
    "list_outreaches p_team_id": "",
    # a filter that nothing passes
    "list_workflows p_lineage_id": "",
}
"""Ids that are not refused with OB004 when they are nobody's or another team's."""

PEOPLE = "set_team_member p_user_id"
"""People belong to the project: an admin may add anybody whose id she was told."""

_FOR_WORKERS = """
    begin_attempts begin_hold begin_storing check_staged_rows checkpoint_task claim_ambiguous claim_and_begin
    claim_inboxes claim_jobs claim_tasks cron_drives_tick describe_run end_storing end_task extend_leases fail_run
    fail_stale_runs find_integration finish_catalogue finish_preview finish_refresh finish_run finish_watch
    index_contacts ingest_event is_source_empty note_inbox note_wait now pending_work queue_lag read_clock
    read_secrets receive_lead record_dispatches record_hold release_leases report_issues resolve_attempts
    restart_servicetitan_feed servicetitan_feed set_clock settle_run stage_members start_preview start_refresh
    start_run start_watch stop_cancelled store_cancelled store_catalogue store_contacts store_feed_page store_found
    store_members store_report_page store_servicetitan take_slots tick tick_lag tick_launches tick_upkeep tick_work
    wake_cron
"""
FOR_WORKERS = frozenset(_FOR_WORKERS.split())
"""Functions of the engine that a worker may execute."""
