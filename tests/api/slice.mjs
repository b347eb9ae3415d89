// The slice, as a member does it in a browser: a list from rows, a workflow, a campaign, its numbers.
import { answer, client, given } from "./project.mjs";

const member = await client(given.member);

async function rpc(name, args) {
  const { data, error } = await member.rpc(name, args);
  if (error) throw new Error(`${name}: ${JSON.stringify(error)}`);
  return data;
}

const checked = await rpc("validate_audience_csv", { p_rows: given.rows });
const list = await rpc("create_audience_list", { p_name: "From a browser", p_source: "csv", p_rows: given.rows });
const workflow = await rpc("create_workflow", { p_name: "Call, then text" });
const invalid = await member.rpc("save_workflow", {
  p_workflow_id: workflow.id,
  p_graph: { nodes: [], edges: [] },
  p_revision: workflow.revision,
});
await rpc("save_workflow", { p_workflow_id: workflow.id, p_graph: given.graph, p_revision: workflow.revision });
await rpc("publish_workflow", { p_workflow_id: workflow.id, p_note: null });
const shown = await rpc("get_workflow", { p_workflow_id: workflow.id });
const campaign = await rpc("create_campaign", {
  p_name: "From a browser",
  p_list_id: list.id,
  p_workflow_id: workflow.id,
  p_phone_number_id: given.phoneNumberId,
});
const launched = await rpc("launch_campaign", { p_campaign_id: campaign.id });
const again = await member.rpc("launch_campaign", { p_campaign_id: campaign.id });

let metrics;
for (let look = 0; look < 400; look += 1) {
  [metrics] = await rpc("get_instant_metrics", { p_campaign_ids: [campaign.id] });
  if (metrics.status === "COMPLETED") break;
  await new Promise((done) => setTimeout(done, 150));
}
const nodes = await rpc("get_node_metrics", { p_campaign_id: campaign.id });
const { data: contacts } = await member.from("contacts").select("phone");

answer({
  issues: checked.issue_count,
  members: list.member_count,
  invalid: { code: invalid.error?.code, issues: JSON.parse(invalid.error?.details ?? "[]").map((issue) => issue.code) },
  nodes: shown.nodes.map((node) => node.id).sort(),
  launched: launched.members,
  again: { code: again.error?.code, hint: again.error?.hint !== undefined },
  metrics,
  nodeMetrics: nodes,
  contacts: contacts.length,
  ids: { list: list.id, workflow: workflow.id, campaign: campaign.id },
});
