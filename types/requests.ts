// What a page hands over as JSON: graphs, definitions, exclusions, rows. The database checks all of it, and says every
// problem at once (OB001); these say what it looks for. Durations are ISO 8601 (`PT15M`, `P2D`).
import type { Database as Generated } from "./database.types.js";

type Enums = Generated["public"]["Enums"];

// --- workflows: docs/workflows.md -----------------------------------------------------------------------------------

export type Position = { x: number; y: number };

export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/** `timezone`: `contact`, `team` or an IANA name. A day without windows is closed. */
export type BusinessHours = { timezone?: string; windows: Partial<Record<Weekday, { start: string; end: string }[]>> };

export type Batching = { size: number; interval: string };

export type Retry = { outcomes: Enums["job_outcome"][]; max_retries: number; delay: string };

export type TriggerData = { label?: string };

export type CallData = {
  label?: string;
  assistant_id?: string;
  first_message?: string;
  business_hours?: BusinessHours;
  batching?: Batching;
  retry?: Retry;
};

export type TextData = {
  label?: string;
  /** Either this or an assistant for texts, whose template is sent. */
  template?: string;
  template_overrides?: Record<string, string>;
  assistant_id?: string;
  /** What the assistant writes; comes with an answer, and is dropped from a request. */
  assistant_template?: string;
  reply_window?: string;
  business_hours?: BusinessHours;
  batching?: Batching;
  retry?: Retry;
};

export type TriggerNode = { id: string; type: "trigger"; position: Position; data: TriggerData };
export type CallNode = { id: string; type: "call"; position: Position; data: CallData };
export type TextNode = { id: string; type: "text"; position: Position; data: TextData };
export type WorkflowNode = TriggerNode | CallNode | TextNode;

export type CallRule = "booked" | "not_booked" | "answered" | "no_answer" | "voicemail" | "busy" | "failed" | "any";
export type TextRule =
  "booked" | "replied" | "no_reply" | "reply_matches" | "opted_in" | "undeliverable" | "failed" | "any";

export type EdgeData = {
  label?: string;
  /** May be left out after a trigger. */
  when?: CallRule | TextRule;
  /** With `reply_matches`. */
  phrases?: string[];
  delay?: string;
  priority?: number;
};

/** An edge as the editor has it: without data until somebody gave it some. */
export type GraphEdge = { id: string; source: string; target: string; sourceHandle?: string | null; data?: EdgeData };

/** What React Flow's `toObject()` gives; what else stands in it is accepted and dropped. */
export type Graph = { nodes: WorkflowNode[]; edges: GraphEdge[] };

// --- audiences: docs/audiences.md, docs/definitions.md ----------------------------------------------------------------

/** A row of a file: by the names of its columns, or the cells in their order. */
export type Row = Record<string, string | number | boolean | null> | (string | number | boolean | null)[];

/** The columns that a field is read from, in the order in which they are tried. */
export type Mapping = Record<string, string[]>;

export type Exclusions = {
  phones?: string[];
  list_ids?: string[];
  campaign_ids?: string[];
  tags?: number[];
  contacted_within?: string;
  booked_within?: string;
  already_booked?: boolean;
};

/** ServiceTitan ids; `{}` is everybody. */
export type Targeting = { tags?: number[]; campaigns?: number[]; business_units?: number[] };

export type Span = { min?: number; max?: number };
export type Window = { days_ago: Span } | { days_ahead: Span } | { from?: string; to?: string };
export type TagRule = { any?: number[]; all?: number[]; none?: number[] };

export type Condition =
  | {
      customer: {
        types?: ("Residential" | "Commercial")[];
        tags?: TagRule;
        zips?: string[];
        balance?: Span;
        created?: Window;
        do_not_service?: boolean;
        do_not_text?: boolean;
        marketing?: boolean;
      };
    }
  | { location: { tags?: TagRule; zips?: string[] } }
  | {
      job: {
        statuses?: ("Scheduled" | "Dispatched" | "InProgress" | "Hold" | "Completed" | "Canceled")[];
        job_types?: number[];
        business_units?: number[];
        campaigns?: number[];
        tags?: TagRule;
        total?: Span;
        completed?: Window;
        created?: Window;
      };
    }
  | {
      appointment: {
        statuses?: ("Scheduled" | "Dispatched" | "Working" | "Hold" | "Done" | "Canceled")[];
        starts?: Window;
        job_types?: number[];
        business_units?: number[];
        tags?: TagRule;
        unused?: boolean;
      };
    }
  | {
      membership: {
        statuses?: ("Active" | "Suspended" | "Expired" | "Canceled" | "Deleted")[];
        types?: number[];
        business_units?: number[];
        starts?: Window;
        ends?: Window;
      };
    }
  | {
      service_event: {
        statuses?: ("NotAttempted" | "Unreachable" | "Contacted" | "Won" | "Dismissed")[];
        due?: Window;
        service_types?: number[];
        job_types?: number[];
        business_units?: number[];
      };
    };

/** Groups may be five deep. */
export type Match = Condition | { all: Match[] } | { any: Match[] } | { not: Match };

export type FilterDefinition = { match: Match; phone?: "any" | "call" | "text"; purpose?: "marketing" | "service" };

export type ReportDefinition = {
  category: string;
  report_id: number;
  parameters?: Record<string, string | number | boolean | (string | number)[]>;
  columns?: Record<string, string>;
};

/** `{}` for lists that are filled from files or by leads. */
export type Definition = FilterDefinition | ReportDefinition | Record<string, never>;

/** `phone`, and what else is known, in many spellings. */
export type Lead = Record<string, string | number | boolean | null>;

export type CatalogueKind =
  | "tag_types"
  | "business_units"
  | "job_types"
  | "hold_reasons"
  | "campaigns"
  | "membership_types"
  | "report_categories"
  | "reports";

// --- outreach: docs/outreach.md ---------------------------------------------------------------------------------------

export type OutreachSettings = Pick<
  CallData & TextData,
  "first_message" | "business_hours" | "batching" | "retry" | "template_overrides" | "reply_window"
>;

// --- consent: docs/consent.md -----------------------------------------------------------------------------------------

export type StopRow = string | { phone: string; channel?: Enums["contact_channel"]; note?: string };

export type PhraseRow = string | { phrase: string; action?: "opt_out" | "opt_in"; is_whole_message?: boolean };

// --- simulation -------------------------------------------------------------------------------------------------------

export type ScriptedVisit =
  Enums["job_outcome"] | { outcome: Enums["job_outcome"]; reply_text?: string; after?: string } | null;

/** What happens at each visit of a node, by the node's id; what is missing is sampled. */
export type Script = Record<string, ScriptedVisit[]>;

export type SimulatedContact = { timezone?: string; state?: string; postal_code?: string; phone?: string };

/**
 * The arguments of the functions, by the functions' names, of which the database says no more than that they are JSON
 * or text: their shapes and their words.
 */
export type Requests = {
  create_audience_list: {
    p_source?: Enums["audience_source"];
    p_definition?: Definition;
    p_exclusions?: Exclusions;
    p_rows?: Row[];
    p_mapping?: Mapping;
  };
  create_campaign: { p_exclusions?: Exclusions; p_targeting?: Targeting };
  create_workflow: { p_graph?: Graph };
  get_audience_run_errors: { p_severity?: "error" | "warning" | "info" };
  get_campaign_enrollments: { p_status?: Enums["enrollment_status"] };
  get_campaign_timeseries: { p_bucket?: "minute" | "quarter_hour" | "hour" | "day" | "week" | "month" };
  get_outreach_items: { p_status?: Enums["outreach_item_status"] };
  get_servicetitan_catalogue: { p_kind: CatalogueKind };
  import_audience_rows: { p_rows: Row[]; p_mapping?: Mapping };
  import_suppressions: { p_rows: StopRow[]; p_channel?: Enums["contact_channel"] };
  ingest_lead: { p_lead: Lead; p_urgency?: Enums["lead_urgency"] };
  launch_outreach: {
    p_kind: Enums["outreach_kind"];
    p_channel: Enums["contact_channel"];
    p_settings?: OutreachSettings;
  };
  layout_workflow: { p_graph: Graph; p_direction?: "LR" | "TB" };
  list_audience_lists: { p_status?: Enums["audience_status"] };
  list_campaigns: { p_status?: Enums["campaign_status"] };
  list_jobs: { p_status?: Enums["job_status"] };
  list_workflows: { p_status?: Enums["workflow_status"] };
  opt_in: { p_channel?: Enums["contact_channel"] };
  opt_out: { p_channel?: Enums["contact_channel"] };
  preview_audience_definition: {
    p_definition: Definition;
    p_source?: "servicetitan" | "custom_report";
    p_exclusions?: Exclusions;
  };
  resume_integration: { p_provider: Enums["provider"] };
  save_workflow: { p_graph: Graph };
  set_team_phrases: { p_phrases: PhraseRow[] };
  simulate_workflow: { p_graph?: Graph; p_outcomes?: Script; p_contact?: SimulatedContact };
  start_audience_import: { p_sample: Row[]; p_mapping?: Mapping };
  update_audience_list: { p_definition?: Definition; p_exclusions?: Exclusions };
  update_campaign: { p_exclusions?: Exclusions; p_targeting?: Targeting };
  validate_audience_csv: { p_rows: Row[]; p_mapping?: Mapping };
  validate_workflow_graph: { p_graph: Graph };
};
