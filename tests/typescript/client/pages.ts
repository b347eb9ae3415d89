// The blocks of docs/frontend.md, copied by `outbound dev docs`; a test keeps the two equal.
import { createClient, type PostgrestSingleResponse, type SupabaseClientOptions } from "@supabase/supabase-js";
import { readRefusal, type Args, type Database, type Refusal, type Returns } from "#types";

export const connect = (url: string, anonKey: string, options?: SupabaseClientOptions<"public">) =>
  createClient<Database>(url, anonKey, options);

export type Client = ReturnType<typeof connect>;

/** What the database refused, and why. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

/** The answer of a call; a refusal is thrown as Refused, anything else (no network, no session) as it came. */
export function answer<T>(response: PostgrestSingleResponse<T>): T {
  if (response.error === null) return response.data;
  const refusal = readRefusal(response.error);
  throw refusal === null ? response.error : new Refused(refusal);
}

/** What a form shows of a refusal: a sentence, and what belongs to single fields, rows or nodes. */
export function problems(refusal: Refusal): { text: string; places: Record<string, string> } {
  const places: Record<string, string> = {};
  if (refusal.code === "OB001") {
    for (const issue of refusal.details) {
      places[issue.node_id ?? issue.edge_id ?? issue.path] ??= issue.message;
    }
  }
  if (refusal.code === "OB007") {
    for (const blocker of refusal.details.blockers) places[blocker.code] = blocker.message;
  }
  return { text: `${refusal.message} ${refusal.hint}`.trim(), places };
}

export async function signIn(supabase: Client, email: string, password: string) {
  const { data, error } = await supabase.auth.signInWithPassword({ email, password });
  if (error !== null) throw error;
  const { data: teams, error: unread } = await supabase.from("teams").select("id, name, timezone").order("name");
  if (unread !== null) throw unread;
  return { user: data.user, teams };
}

export const audienceLists = async (
  supabase: Client,
  p_team_id: string,
  filters: Pick<Args<"list_audience_lists">, "p_search" | "p_status" | "p_cursor" | "p_limit"> = {},
) => answer(await supabase.rpc("list_audience_lists", { p_team_id, ...filters }));

export const audienceSchedules = async (supabase: Client, p_team_id: string) =>
  answer(await supabase.rpc("list_audience_schedules", { p_team_id }));

export async function audienceDetail(supabase: Client, p_list_id: string) {
  const [list, usage, runs] = await Promise.all([
    supabase.rpc("get_audience_list", { p_list_id }),
    supabase.rpc("get_audience_campaign_usage", { p_list_id }),
    supabase.rpc("get_audience_runs", { p_list_id, p_limit: 10 }),
  ]);
  return { list: answer(list), campaigns: answer(usage).items, runs: answer(runs).items };
}

export const audienceMembers = async (supabase: Client, p_list_id: string, p_search?: string, p_cursor?: string) =>
  answer(await supabase.rpc("get_audience_members", { p_list_id, p_search, p_cursor, p_limit: 50 }));

export const runErrors = async (supabase: Client, p_run_id: string, p_cursor?: string) =>
  answer(await supabase.rpc("get_audience_run_errors", { p_run_id, p_cursor }));

export const archiveAudience = async (supabase: Client, p_list_id: string, p_dry_run: boolean) =>
  answer(await supabase.rpc("archive_audience_list", { p_list_id, p_dry_run }));

export const checkFile = async (supabase: Client, p_team_id: string, p_rows: Args<"validate_audience_csv">["p_rows"]) =>
  answer(await supabase.rpc("validate_audience_csv", { p_team_id, p_rows }));

export const createAudience = async (supabase: Client, audience: Args<"create_audience_list">) =>
  answer(await supabase.rpc("create_audience_list", audience));

export const addFile = async (supabase: Client, p_list_id: string, p_rows: Args<"import_audience_rows">["p_rows"]) =>
  answer(await supabase.rpc("import_audience_rows", { p_list_id, p_rows, p_partial: true }));

/** Asks until the preview has ended, or the page is left. */
export async function preview(
  supabase: Client,
  filter: Args<"preview_audience_definition">,
  show: (state: Returns<"preview_audience_definition">) => void,
  pause: () => Promise<void>,
  isLeft: () => boolean,
) {
  for (;;) {
    const state = answer(await supabase.rpc("preview_audience_definition", filter));
    show(state);
    if (isLeft() || state.status === "SUCCEEDED" || state.status === "FAILED") return state;
    await pause();
  }
}

export const catalogue = async (supabase: Client, choice: Args<"get_servicetitan_catalogue">) =>
  answer(await supabase.rpc("get_servicetitan_catalogue", choice));

export const describeSchedule = async (supabase: Client, p_expression: string, p_timezone: string) =>
  answer(await supabase.rpc("describe_cron", { p_expression, p_timezone, p_count: 3 }));

export const setSchedule = async (supabase: Client, schedule: Args<"set_audience_schedule">) =>
  answer(await supabase.rpc("set_audience_schedule", schedule));

export const toggleSchedule = async (supabase: Client, p_list_id: string, p_is_enabled: boolean) =>
  answer(await supabase.rpc("toggle_audience_schedule", { p_list_id, p_is_enabled }));

export const launchOutreach = async (supabase: Client, outreach: Args<"launch_outreach">) =>
  answer(await supabase.rpc("launch_outreach", outreach));

export const outreachItems = async (supabase: Client, p_outreach_id: string, p_cursor?: string) =>
  answer(await supabase.rpc("get_outreach_items", { p_outreach_id, p_cursor }));

export const loadWorkflow = async (supabase: Client, p_workflow_id: string) =>
  answer(await supabase.rpc("get_workflow", { p_workflow_id }));

/** While somebody draws: every problem, by node and edge; saves nothing. */
export const checkGraph = async (supabase: Client, p_team_id: string, p_graph: Args<"save_workflow">["p_graph"]) =>
  answer(await supabase.rpc("validate_workflow_graph", { p_team_id, p_graph }));

export async function saveWorkflow(supabase: Client, save: Args<"save_workflow">) {
  const { data, error } = await supabase.rpc("save_workflow", save);
  if (error === null) return { saved: data };
  const refusal = readRefusal(error);
  if (refusal?.code === "OB006") return { conflict: refusal.details };
  if (refusal?.code === "OB001") return { issues: refusal.details };
  throw refusal === null ? error : new Refused(refusal);
}

export const publishWorkflow = async (supabase: Client, p_workflow_id: string, p_note?: string) =>
  answer(await supabase.rpc("publish_workflow", { p_workflow_id, p_note }));

export const campaigns = async (
  supabase: Client,
  p_team_id: string,
  filters: Pick<Args<"list_campaigns">, "p_search" | "p_status" | "p_archived" | "p_cursor"> = {},
) => answer(await supabase.rpc("list_campaigns", { p_team_id, ...filters }));

export const choices = async (supabase: Client, p_team_id: string) =>
  answer(await supabase.rpc("get_campaign_prerequisites", { p_team_id }));

export const createCampaign = async (supabase: Client, campaign: Args<"create_campaign">) =>
  answer(await supabase.rpc("create_campaign", campaign));

export const preflight = async (supabase: Client, p_campaign_id: string, p_at?: string) =>
  answer(await supabase.rpc("preflight_campaign", { p_campaign_id, p_at }));

/** Without `p_at` now; one that is past is refused (`start_past`), with both times in the team's zone. */
export const launchCampaign = async (supabase: Client, launch: Args<"launch_campaign">) =>
  answer(await supabase.rpc("launch_campaign", launch));

export const pauseCampaign = async (supabase: Client, p_campaign_id: string, p_dry_run: boolean) =>
  answer(await supabase.rpc("pause_campaign", { p_campaign_id, p_dry_run }));

export const resumeCampaign = async (supabase: Client, p_campaign_id: string, p_dry_run: boolean) =>
  answer(await supabase.rpc("resume_campaign", { p_campaign_id, p_dry_run }));

export const cancelCampaign = async (supabase: Client, p_campaign_id: string, p_dry_run: boolean) =>
  answer(await supabase.rpc("cancel_campaign", { p_campaign_id, p_dry_run }));

export const campaignDetail = async (supabase: Client, p_campaign_id: string) =>
  answer(await supabase.rpc("get_campaign", { p_campaign_id }));

export const enrollments = async (supabase: Client, page: Args<"get_campaign_enrollments">) =>
  answer(await supabase.rpc("get_campaign_enrollments", page));

export const explain = async (supabase: Client, p_campaign_id: string, p_contact_id: string) =>
  answer(await supabase.rpc("explain_contact", { p_campaign_id, p_contact_id }));

/** Asks until every campaign is over, or the page is left. */
export async function pollMetrics(
  supabase: Client,
  p_campaign_ids: string[],
  show: (metrics: Returns<"get_instant_metrics">) => void,
  pause: () => Promise<void>,
  isLeft: () => boolean,
) {
  for (;;) {
    const metrics = answer(await supabase.rpc("get_instant_metrics", { p_campaign_ids }));
    show(metrics);
    if (isLeft() || metrics.every(({ status }) => status === "COMPLETED" || status === "CANCELLED")) return metrics;
    await pause();
  }
}

/** By node of the workflow; of several campaigns, which then have to run versions of one workflow. */
export const nodeMetrics = async (supabase: Client, p_campaign_ids: string[]) =>
  answer(await supabase.rpc("get_node_metrics", { p_campaign_ids }));

export const failures = async (supabase: Client, p_campaign_id: string) =>
  answer(await supabase.rpc("get_campaign_failures", { p_campaign_id }));

/** Whether last night's comparison of the counters with the rows found them equal. */
export const counterHealth = async (supabase: Client, p_team_id: string) =>
  answer(await supabase.rpc("get_counter_health", { p_team_id }));

export const chart = async (supabase: Client, range: Args<"get_campaign_timeseries">) =>
  answer(await supabase.rpc("get_campaign_timeseries", range));

export const audienceStats = async (supabase: Client, p_campaign_ids: string[]) =>
  answer(await supabase.rpc("get_audience_stats", { p_campaign_ids }));

export const consentHistory = async (supabase: Client, p_team_id: string, p_phone: string) =>
  answer(await supabase.rpc("get_consent_history", { p_team_id, p_phone }));

export const optOut = async (supabase: Client, p_team_id: string, p_phone: string, p_note?: string) =>
  answer(await supabase.rpc("opt_out", { p_team_id, p_phone, p_note }));

/** Admins only: everybody else is refused with OB008. */
export const optIn = async (supabase: Client, p_team_id: string, p_phone: string, p_note: string) =>
  answer(await supabase.rpc("opt_in", { p_team_id, p_phone, p_note }));

export const members = async (supabase: Client, p_team_id: string) =>
  answer(await supabase.rpc("list_team_members", { p_team_id }));

/** Admins only. The last admin stays one: OB005. */
export const setMember = async (supabase: Client, member: Args<"set_team_member">) =>
  answer(await supabase.rpc("set_team_member", member));

export const settings = async (supabase: Client, p_team_id: string) =>
  answer(await supabase.rpc("get_team_settings", { p_team_id }));

export const health = async (supabase: Client, p_team_id: string) =>
  answer(await supabase.rpc("get_integration_health", { p_team_id }));

/** Calls back after each change of a campaign of the team; call what it returns when the page is left. */
export function watchCampaigns(supabase: Client, teamId: string, changed: (campaignId: string) => void) {
  const channel = supabase
    .channel(`campaigns:${teamId}`)
    .on<Database["public"]["Tables"]["campaigns"]["Row"]>(
      "postgres_changes",
      { event: "UPDATE", schema: "public", table: "campaigns", filter: `team_id=eq.${teamId}` },
      ({ new: campaign }) => changed(campaign.id),
    )
    .subscribe();
  return () => supabase.removeChannel(channel);
}
