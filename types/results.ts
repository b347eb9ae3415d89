// What the functions answer, where the generated types can only say "JSON", or cannot know what may be null. Moments
// are ISO 8601 texts; counts are numbers. What may be null says so, and every key is always there unless it has a `?`.
import type { Database as Generated } from "./database.types.js";
import type {
  Definition,
  EdgeData,
  Exclusions,
  Graph,
  GraphEdge,
  Mapping,
  Position,
  Targeting,
  WorkflowNode,
} from "./requests.js";

type Enums = Generated["public"]["Enums"];
type Functions = Generated["public"]["Functions"];
type Row<T extends keyof Generated["public"]["Tables"]> = Generated["public"]["Tables"][T]["Row"];

/** The rows that a function returns, with the shapes of columns that are JSON or may be null. */
type Rows<F extends keyof Functions, Columns> = Functions[F]["Returns"] extends (infer R)[]
  ? (Omit<R, keyof Columns> & Columns)[]
  : never;

/** `next_cursor` is handed over as `p_cursor` for the page after this one; null on the last. */
export type Page<Item> = { items: Item[]; next_cursor: string | null };

// --- problems -------------------------------------------------------------------------------------------------------

/** One problem, or a warning that blocks nothing. `row` counts from 1, headers included. */
export type Issue = {
  code: string;
  severity: "error" | "warning" | "info";
  path: string;
  message: string;
  node_id?: string;
  edge_id?: string;
  node_ids?: string[];
  row?: number;
  column?: string;
  value?: string;
  count?: number;
};

export type Blocker = { code: string; message: string };

// --- audiences ------------------------------------------------------------------------------------------------------

export type Run = {
  id: string;
  /** Null while an import has not made its list, and for good when it was refused. */
  list_id: string | null;
  list_name: string;
  source: Enums["audience_source"];
  status: Enums["run_status"];
  is_partial_allowed: boolean;
  file_name: string | null;
  mapping: Mapping;
  definition: Definition;
  waits_for: string | null;
  counts: {
    fetched: number;
    added: number;
    updated: number;
    removed: number;
    excluded: number;
    rejected: number;
    duplicate: number;
    warning: number;
  };
  failure_code: string | null;
  failure_message: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
};

export type AudienceList = {
  id: string;
  team_id: string;
  name: string;
  source: Enums["audience_source"];
  status: Enums["audience_status"];
  definition: Definition;
  exclusions: Exclusions;
  member_count: number;
  campaign_count: number;
  last_run: Run | null;
  created_at: string;
  updated_at: string;
};

/** What a confirmation dialog shows. */
export type Step<Status extends string> = { from: Status; to: Status; dry_run: boolean; message: string };

export type CsvCheck = {
  has_header: boolean;
  header_row: number | null;
  columns: string[];
  mapping: Mapping;
  counts: { rows: number; accepted: number; rejected: number; duplicate: number; warning: number };
  issue_count: number;
  /** The first 500. */
  issues: Issue[];
};

export type Member = {
  contact_id: string;
  phone: string;
  phone_extension: string | null;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  timezones: string[];
  regions: string[];
  postal_code: string | null;
  servicetitan_customer_id: number | null;
  added_at: string;
};

export type CampaignUsage = {
  id: string;
  name: string;
  kind: Enums["campaign_kind"];
  status: Enums["campaign_status"];
  is_continuous: boolean;
  workflow: WorkflowName;
  enrolled_count: number;
  scheduled_at: string | null;
  started_at: string | null;
  ended_at: string | null;
  created_at: string;
};

export type RunError = {
  row: number;
  column: string | null;
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  value: string | null;
  servicetitan_customer_id: number | null;
};

export type ImportStart = {
  run_id: string;
  team_id: string;
  list_id: string | null;
  list_name: string;
  header_row: number;
  columns: string[];
  mapping: Mapping;
  /** Places of columns, from 1. */
  places: Record<string, number[]>;
};

/** Asked for again with the same arguments until it has ended. */
export type Preview = {
  preview_id: string;
  status: "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED";
  waits_for: string | null;
  count: number | null;
  counts: { fetched: number; rejected: number; duplicate: number; excluded: number } | null;
  /** At most 20 people. */
  sample: PreviewedMember[] | null;
  as_of: string | null;
  failure_code: string | null;
  failure_message: string | null;
};

export type PreviewedMember = {
  name: string | null;
  phone: string;
  email: string | null;
  postal_code: string | null;
  servicetitan_customer_id: number | null;
  servicetitan_job_id: number | null;
  servicetitan_appointment_id: number | null;
  appointment_starts_at: string | null;
};

export type Catalogue = {
  kind: string;
  as_of: string | null;
  is_refreshing: boolean;
  failure_code: string | null;
  failure_message: string | null;
  items: CatalogueItem[];
};

/** `category` and `description` are a report's. */
export type CatalogueItem = {
  id: number | string;
  name: string;
  is_active: boolean;
  category?: string;
  description?: string | null;
};

// --- schedules ------------------------------------------------------------------------------------------------------

/** `next` is in the asked time zone, with its offset. */
export type CronDescription = {
  expression: string;
  timezone: string;
  summary: string;
  next: string[];
  warnings: Issue[];
};

export type Schedule = {
  list_id: string;
  list_name: string;
  list_status: Enums["audience_status"];
  team_id: string;
  source: Enums["audience_source"];
  expression: string;
  timezone: string;
  summary: string;
  is_enabled: boolean;
  chip: "on" | "off" | "running" | "failing" | "overdue";
  next: string[];
  next_run_at: string | null;
  last_run_at: string | null;
  last_skipped_at: string | null;
  last_run: Run | null;
  created_at: string;
  updated_at: string;
};

// --- leads ----------------------------------------------------------------------------------------------------------

export type LeadAnswer = {
  lead_id: string;
  list_id: string;
  contact_id: string | null;
  source: string;
  external_id: string | null;
  urgency: Enums["lead_urgency"];
  status: Enums["lead_status"];
  is_duplicate: boolean;
  problems: Issue[];
  received_at: string;
  campaigns: { campaign_id: string; name: string; enrollment_id: string; status: Enums["enrollment_status"] }[];
};

export type LeadEndpoint = {
  endpoint_id: string;
  list_id: string;
  source: string;
  created_at: string;
  revoked_at: string | null;
};

// --- outreach -------------------------------------------------------------------------------------------------------

export type OutreachCounts = {
  items: number;
  holding: number;
  hold_failed: number;
  can_retry: number;
  enrolled: number;
  cancelled: number;
};

/** Both ids are null after a dry run, and when there was nobody who is not in an outreach already. */
export type OutreachLaunch = {
  outreach_id: string | null;
  campaign_id: string | null;
  dry_run: boolean;
  blockers: Blocker[];
  counts: {
    members: number;
    items: number;
    duplicates: number;
    without_appointment: number;
    same_customer: number;
    suppressed: number;
    holds: number;
  };
  /** The first 50. */
  duplicates: {
    contact_id: string;
    phone: string;
    item_id: string;
    outreach_id: string;
    status: Enums["outreach_item_status"];
    dedupe_hash: string;
  }[];
  /** The first 50. */
  left_out: { contact_id: string; phone: string; code: string; message: string }[];
};

export type OutreachItem = {
  id: string;
  contact_id: string;
  phone: string;
  first_name: string | null;
  last_name: string | null;
  servicetitan_customer_id: number | null;
  servicetitan_job_id: number | null;
  servicetitan_appointment_id: number | null;
  status: Enums["outreach_item_status"];
  campaign_id: string;
  dedupe_hash: string;
  hold: {
    code: string;
    message: string;
    can_retry: boolean;
    cure: string | null;
    said: string | null;
    ended_at: string | null;
  } | null;
  enrollment: { id: string; status: Enums["enrollment_status"]; reason_code: string | null } | null;
  hold_count: number;
  created_at: string;
  enrolled_at: string | null;
};

export type Outreach = {
  id: string;
  kind: Enums["outreach_kind"];
  channel: Enums["contact_channel"];
  name: string;
  list: { id: string; name: string };
  campaign: { id: string; status: Enums["campaign_status"] };
  hold_reason_id: number | null;
  hold_memo: string | null;
  counts: OutreachCounts;
  created_by: string | null;
  created_at: string;
};

// --- workflows ------------------------------------------------------------------------------------------------------

export type WorkflowName = {
  id: string;
  name: string;
  /** Null until it is published. */
  version: number | null;
  status: Enums["workflow_status"];
};

export type WorkflowEdge = {
  id: string;
  source: string;
  target: string;
  sourceHandle?: string;
  data: EdgeData & { when: NonNullable<EdgeData["when"]>; delay: string; priority: number };
};

export type Workflow = Row<"workflows"> & { nodes: WorkflowNode[]; edges: WorkflowEdge[] };

export type WorkflowWithWarnings = Workflow & { warnings: Issue[] };

export type WorkflowListItem = Row<"workflows"> & { node_count: number; campaign_count: number };

/** Null stands for what was not there. */
export type FieldChange = { field: string; from: unknown; to: unknown };

export type NodeSummary = { id: string; type: Enums["node_type"]; label: string | null };

export type EdgeSummary = { id: string; source: string; target: string; when: string | null; label: string | null };

export type GraphChanges = {
  nodes: {
    added: NodeSummary[];
    removed: NodeSummary[];
    changed: (NodeSummary & { fields: FieldChange[] })[];
    /** Ids of nodes that stand elsewhere. */
    moved: string[];
  };
  edges: { added: EdgeSummary[]; removed: EdgeSummary[]; changed: (EdgeSummary & { fields: FieldChange[] })[] };
};

export type Comparison = GraphChanges & {
  from: WorkflowName & { revision: number };
  to: WorkflowName & { revision: number };
  equal: boolean;
};

export type Wait = { for: string; until: string };

export type SimulatedVisit = {
  node_id: string;
  type: Enums["node_type"];
  label: string | null;
  visit: number;
  not_before: string;
  /** Null when no hour is open both by law and by the node. */
  due_at: string | null;
  waits: Wait[];
  outcome: Enums["job_outcome"] | null;
  reply_text: string | null;
  source: "sampled" | "scripted" | null;
  outcome_at: string | null;
  next: {
    kind: "retry" | "edge" | "end";
    edge_id: string | null;
    target: string | null;
    delay: string | null;
    reason: string;
  };
  edges: {
    edge_id: string;
    when: string;
    priority: number;
    target: string;
    matches: boolean;
    taken: boolean;
    reason: string;
  }[];
};

export type Simulation = {
  workflow_id: string | null;
  start_at: string;
  timezones: string[];
  regions: string[];
  visits: SimulatedVisit[];
  end: { status: Enums["enrollment_status"]; reason_code: string | null; at: string; message: string };
};

// --- campaigns ------------------------------------------------------------------------------------------------------

/** Every enrolled contact is in one of active and the seven after in_progress; every active one has one open job. */
export type CampaignCounts = {
  enrolled: number;
  active: number;
  waiting: number;
  queued: number;
  in_progress: number;
  completed: number;
  booked: number;
  opted_out: number;
  suppressed: number;
  failed: number;
  cancelled: number;
};

export type CampaignAction =
  "update" | "launch" | "unschedule" | "pause" | "resume" | "cancel" | "retry" | "archive" | "unarchive";

export type Campaign = Omit<
  Row<"campaigns">,
  | "list_id"
  | "workflow_id"
  | "phone_number_id"
  | "needs_workflow_status"
  | "needs_list_status"
  | "exclusions"
  | "targeting"
> & {
  exclusions: Exclusions;
  targeting: Targeting;
  list: { id: string; name: string; status: Enums["audience_status"]; member_count: number };
  workflow: WorkflowName;
  phone_number: { id: string; phone: string };
  counts: CampaignCounts;
  /** `reason`: why not, null when it is allowed. */
  actions: { action: CampaignAction; allowed: boolean; reason: string | null }[];
};

export type CampaignDetail = Campaign & {
  blockers: Blocker[];
  /** The last 100, newest first. */
  steps: {
    reason: string;
    from: Enums["campaign_status"] | null;
    to: Enums["campaign_status"];
    at: string;
    user_id: string | null;
  }[];
};

/** What a step of a campaign did, or with `p_dry_run` would do: `message` is for the confirmation dialog. */
export type CampaignStep<Numbers> = {
  campaign_id: string;
  from: Enums["campaign_status"];
  to: Enums["campaign_status"];
  dry_run: boolean;
  at: string;
  message: string;
} & Numbers;

export type OpenWork = { waiting: number; queued: number; in_progress: number };

export type Prerequisites = {
  workflows: {
    id: string;
    lineage_id: string;
    name: string;
    version: number;
    published_at: string;
    channels: Enums["contact_channel"][];
    blockers: Blocker[];
  }[];
  lists: {
    id: string;
    name: string;
    source: Enums["audience_source"];
    member_count: number;
    last_run: { status: Enums["run_status"]; ended_at: string | null } | null;
    needs_continuous: boolean;
    has_servicetitan: boolean;
  }[];
  phone_numbers: {
    id: string;
    phone: string;
    label: string | null;
    /** What the number is verified for. */
    channels: Enums["contact_channel"][];
    rate_per_minute: number | null;
    daily_limit: number | null;
  }[];
  integrations: IntegrationHealth[];
  servicetitan: Omit<Catalogue, "kind" | "items"> & {
    tags: CatalogueItem[];
    campaigns: CatalogueItem[];
    business_units: CatalogueItem[];
  };
  campaigns: { id: string; name: string; status: Enums["campaign_status"] }[];
};

export type Preflight = {
  campaign_id: string;
  status: Enums["campaign_status"];
  at: string;
  members: number;
  reach: number;
  /** In the order in which people are left out; `left` is how many remain after each. */
  funnel: { code: string; message: string; left_out: number; left: number }[];
  timezones: { timezones: string[]; people: number }[];
  estimate: {
    channel: Enums["contact_channel"];
    starts_at: string;
    first_contact_at: string | null;
    last_contact_at: string | null;
    last_by_batching_at: string | null;
    left_over: number;
    never_open: number;
    assumptions: { code: string; message: string }[];
  };
  blockers: Blocker[];
  warnings: { code: string; message: string }[];
};

/** ServiceTitan's ids, as far as the provider told them. */
export type Booking = { job_id?: number; appointment_id?: number; booking_id?: number };

export type Enrollment = {
  id: string;
  contact_id: string;
  phone: string;
  first_name: string | null;
  last_name: string | null;
  status: Enums["enrollment_status"];
  reason_code: string | null;
  reached_at: string | null;
  booked_at: string | null;
  /** The node whose job booked. */
  booked_node_id: string | null;
  booking: Booking | null;
  retries_left: number;
  retry_count: number;
  enrolled_at: string;
  ended_at: string | null;
  last_job: {
    id: string;
    node_id: string;
    label: string | null;
    channel: Enums["contact_channel"];
    visit: number;
    status: Enums["job_status"];
    outcome: Enums["job_outcome"] | null;
    reason_code: string | null;
    attempt_count: number;
    dispatched_at: string | null;
    finished_at: string | null;
  } | null;
  next_due_at: string | null;
};

/** What comes next of a job; `launch` is said of somebody who is not enrolled yet, and has no job. */
export type Next = {
  kind: "send" | "wait" | "close" | "sending" | "ask" | "reply" | "report" | "launch";
  at: string | null;
  decision: string | null;
  reason_code: string | null;
  message: string;
  job_id?: string;
  node_id?: string;
  channel?: Enums["contact_channel"];
};

/** What was told of a moment; what else is known of it depends on its kind. */
export type Told = { at: string; message: string; [fact: string]: unknown };

export type Explanation = {
  summary: string;
  reason_code: string | null;
  cure: string | null;
  timezone: string;
  campaign: { id: string; name: string; status: Enums["campaign_status"] };
  contact: {
    id: string;
    phone: string;
    first_name: string | null;
    last_name: string | null;
    timezones: string[];
  };
  enrollment: {
    id: string;
    status: Enums["enrollment_status"];
    enrolled_at: string;
    ended_at: string | null;
    reached_at: string | null;
    booked_at: string | null;
    booked_node_id: string | null;
    booking: Booking | null;
    retries_left: number;
    retry_budget: number;
  } | null;
  next: Next | null;
  timeline: (Told & { kind: string })[];
};

// --- analytics ------------------------------------------------------------------------------------------------------

export type ChannelWork = {
  waiting: number;
  queued: number;
  in_progress: number;
  completed: number;
  failed: number;
  skipped: number;
  cancelled: number;
};

/** What happened from `bucket` on, until the next point's; contacts, calls and texts as `get_campaign_timeseries` says. */
export type SeriesPoint = { bucket: string } & Record<
  "enrolled" | "dialled" | "answered" | "sent" | "delivered" | "replied" | "booked" | "opted_out" | "failed",
  number
>;

export type Timeseries = {
  bucket_size: "minute" | "quarter_hour" | "hour" | "day" | "week" | "month";
  timezone: string;
  points: SeriesPoint[];
};

/** In contacts. */
export type Reach = { size: number; reached: number; booked: number };

/** What the nightly comparison of counters with the rows found. */
export type CounterHealth = {
  health: "ok" | "differs" | "unchecked";
  checked_count: number;
  checked_at: string | null;
  differing: {
    campaign_id: string;
    name: string;
    checked_at: string;
    found_at: string;
    difference_count: number;
    differences: { counter: string; of: unknown; counted: number | null; recounted: number | null }[];
  }[];
};

// --- jobs -----------------------------------------------------------------------------------------------------------

export type Job = {
  id: string;
  campaign: { id: string; name: string; status: Enums["campaign_status"] };
  contact: { id: string; first_name: string | null; last_name: string | null };
  enrollment_id: string;
  phone: string;
  channel: Enums["contact_channel"];
  node_id: string;
  label: string | null;
  visit: number;
  status: Enums["job_status"];
  outcome: Enums["job_outcome"] | null;
  reason_code: string | null;
  priority: number;
  run_at: string;
  due_at: string;
  attempt_count: number;
  lease_owner: string | null;
  lease_expires_at: string | null;
  provider_id: string | null;
  dispatched_at: string | null;
  check_at: string | null;
  reply_deadline: string | null;
  created_at: string;
  finished_at: string | null;
};

export type JobDetail = Job & {
  timezone: string;
  next: Next | null;
  reason: string | null;
  /** A sentence each; null when the action is allowed. */
  refusals: { retry: string | null; cancel: string | null };
  attempts: {
    id: string;
    attempt_number: number;
    provider: Enums["provider"];
    status: Enums["attempt_status"];
    worker: string | null;
    begun_at: string;
    resolved_at: string | null;
    provider_id: string | null;
    code: string | null;
    message: string | null;
    request: unknown;
  }[];
  events: Told[];
  decisions: Told[];
};

export type JobStep = Step<Enums["job_status"]> & {
  job_id: string;
  enrollment_id: string;
  at: string;
  run_at: string | null;
};

// --- consent --------------------------------------------------------------------------------------------------------

export type Suppression = {
  channel: Enums["contact_channel"];
  reason: string;
  meaning: string;
  source: string;
  words: string | null;
  since: string;
  /** Who can lift it. */
  lifted_by: string;
};

export type ConsentEvent = {
  id: string;
  phone: string;
  channel: Enums["contact_channel"];
  action: string;
  reason: string;
  source: string;
  words: string | null;
  user_id: string | null;
  occurred_at: string;
  recorded_at: string;
};

export type SuppressionImport = {
  team_id: string;
  reason: string;
  dry_run: boolean;
  rows: number;
  numbers: number;
  new: number;
  known: number;
  cancelled_jobs: number;
  rejected: number;
  issues: Issue[];
};

export type Phrase = { phrase: string; action: "opt_out" | "opt_in"; is_whole_message: boolean };

export type TeamPhrases = { team_id: string; phrases: Phrase[]; standard: Phrase[] };

// --- team -----------------------------------------------------------------------------------------------------------

export type TeamSettings = {
  id: string;
  name: string;
  timezone: string;
  country: string;
  is_sandbox: boolean;
  frequency_limit: number | null;
  /** ISO 8601; null without a cap. */
  frequency_window: string | null;
};

export type IntegrationHealth = {
  provider: Enums["provider"];
  health: "ok" | "slowed" | "paused";
  message: string;
  is_sandbox: boolean;
  paused_at: string | null;
  paused_reason: string | null;
  /** Null at full pace. */
  pace_per_minute: number | null;
  pace_reason: string | null;
  full_pace_at: string | null;
  concurrency_limit: number;
  in_flight: number;
  last_taken_at: string | null;
  last_refusal: { at: string; code: string | null; message: string | null } | null;
};

/** The answers by the functions' names: all that are JSON, and rows with columns that may be null. */
export type Results = {
  archive_audience_list: AudienceList & Step<Enums["audience_status"]>;
  archive_campaign: CampaignStep<{ enrolled: number; archived: boolean }>;
  archive_workflow: Workflow & Step<Enums["workflow_status"]>;
  cancel_campaign: CampaignStep<OpenWork & { cancelled: number; freed: number }>;
  cancel_job: JobStep;
  clone_workflow: Workflow;
  compare_workflows: Comparison;
  create_audience_list: AudienceList & { run: Run | null; issues: Issue[] };
  create_lead_endpoint: LeadEndpoint & { token: string; path: string };
  create_workflow: WorkflowWithWarnings;
  describe_cron: CronDescription;
  explain_contact: Explanation;
  get_audience_campaign_usage: Page<CampaignUsage>;
  get_audience_list: AudienceList;
  get_audience_members: Page<Member>;
  get_audience_run_errors: Page<RunError>;
  get_audience_runs: Page<Run>;
  get_audience_stats: Rows<
    "get_audience_stats",
    {
      suppressed: Record<string, number>;
      by_source: Partial<Record<Enums["audience_source"], Reach>>;
      /** By IANA zone; `unknown` for who has none. */
      by_zone: Record<string, Reach>;
    }
  >;
  get_campaign: CampaignDetail;
  get_campaign_enrollments: Page<Enrollment>;
  /** `cure` is null for a provider's own code. */
  get_campaign_failures: Rows<"get_campaign_failures", { cure: string | null }>;
  get_campaign_prerequisites: Prerequisites;
  get_campaign_timeseries: Timeseries;
  get_consent_history: Page<ConsentEvent> & {
    team_id: string;
    phone: string | null;
    /** Of the number that was asked for; null without one. */
    suppressions: Suppression[] | null;
  };
  get_integration_health: IntegrationHealth[];
  get_job: JobDetail;
  get_counter_health: CounterHealth;
  get_instant_metrics: Rows<
    "get_instant_metrics",
    {
      /** Of those who were reached, how many booked; null before anybody was. */
      booking_rate: number | null;
      /** In jobs. */
      channels: Record<Enums["contact_channel"], ChannelWork>;
    }
  >;
  get_node_metrics: Rows<
    "get_node_metrics",
    { label: string | null; outcomes: Partial<Record<Enums["job_outcome"], number>> }
  >;
  get_outreach_items: Page<OutreachItem> & { counts: OutreachCounts };
  get_servicetitan_catalogue: Catalogue;
  get_team_phrases: TeamPhrases;
  get_team_settings: TeamSettings;
  get_workflow: Workflow;
  import_audience_rows: Run & { issues: Issue[] };
  import_suppressions: SuppressionImport;
  ingest_lead: LeadAnswer;
  launch_campaign: CampaignStep<{ members: number; blockers: Blocker[] }>;
  launch_outreach: OutreachLaunch;
  /** The graph as it was sent, with other positions. */
  layout_workflow: Graph & { nodes: (Graph["nodes"][number] & { position: Position })[]; edges: GraphEdge[] };
  list_audience_lists: Page<AudienceList>;
  list_audience_schedules: Page<Schedule>;
  list_campaigns: Page<Campaign>;
  list_jobs: Page<Job>;
  list_lead_endpoints: LeadEndpoint[];
  list_outreaches: Page<Outreach>;
  list_team_members: Rows<"list_team_members", { email: string | null }>;
  list_workflows: Page<WorkflowListItem>;
  opt_in: {
    team_id: string;
    phone: string;
    reason: string;
    lifted: Enums["contact_channel"][];
    suppressions: Suppression[];
  };
  opt_out: {
    team_id: string;
    phone: string;
    reason: string;
    added: Enums["contact_channel"][];
    cancelled_jobs: number;
    suppressions: Suppression[];
  };
  pause_campaign: CampaignStep<OpenWork>;
  preflight_campaign: Preflight;
  preview_audience_definition: Preview;
  publish_workflow: WorkflowWithWarnings;
  refresh_audience_list: Run;
  resume_campaign: CampaignStep<{
    due: number;
    waiting: number;
    in_progress: number;
    too_late: number;
    holds: number;
    blockers: Blocker[];
  }>;
  resume_integration: IntegrationHealth;
  retry_failed_enrollments: CampaignStep<{
    retried: number;
    by_reason: { reason_code: string; enrollments: number }[];
    by_node: { node_id: string; label: string | null; enrollments: number }[];
    blockers: Blocker[];
  }>;
  retry_job: JobStep;
  retry_outreach_items: { outreach_id: string; campaign_id: string; retried: number; counts: OutreachCounts };
  revoke_lead_endpoint: LeadEndpoint;
  save_workflow: WorkflowWithWarnings;
  set_audience_schedule: Schedule & { warnings: Issue[] };
  set_team_phrases: TeamPhrases;
  simulate_workflow: Simulation;
  start_audience_import: ImportStart;
  toggle_audience_schedule: Schedule;
  unarchive_audience_list: AudienceList;
  unarchive_campaign: CampaignStep<{ enrolled: number; archived: boolean }>;
  unschedule_campaign: CampaignStep<{ scheduled_at: string | null }>;
  update_audience_list: AudienceList;
  update_team_settings: TeamSettings;
  validate_audience_csv: CsvCheck;
  validate_workflow_graph: Issue[];
};
