// What the frontend does, page by page, as people of a team and as a stranger; then what was said is written down.
import assert from "node:assert/strict";
import { readRefusal, type RefusalCode } from "#types";
import { audiencePages, builder, outreach } from "./audiences.js";
import { campaignPages } from "./campaigns.js";
import * as pages from "./pages.js";
import { browser, given, writeSaid, type Person } from "./project.js";
import { workflowPages } from "./workflows.js";

async function signedIn(person: Person): Promise<pages.Client> {
  const supabase = browser();
  const { user } = await pages.signIn(supabase, person.email, person.password);
  assert.equal(user.email, person.email);
  return supabase;
}

async function leads(supabase: pages.Client): Promise<void> {
  const list = await pages.createAudience(supabase, {
    p_name: "Website",
    p_team_id: given.teamId,
    p_source: "speed_to_lead",
  });
  const lead = pages.answer(
    await supabase.rpc("ingest_lead", {
      p_list_id: list.id,
      p_lead: { phone: "(212) 555-0150", name: "Dana Reyes" },
      p_urgency: "high",
    }),
  );
  assert.deepEqual([lead.status, lead.is_duplicate], ["ACCEPTED", false]);
  const door = pages.answer(await supabase.rpc("create_lead_endpoint", { p_list_id: list.id, p_source: "website" }));
  pages.answer(await supabase.rpc("list_lead_endpoints", { p_list_id: list.id }));
  pages.answer(await supabase.rpc("revoke_lead_endpoint", { p_endpoint_id: door.endpoint_id }));
  const file = { p_team_id: given.teamId, p_list_name: "Later", p_sample: [["Phone"], ["(212) 555-0151"]] };
  pages.answer(await supabase.rpc("start_audience_import", file));
}

async function consent(operator: pages.Client, admin: pages.Client): Promise<void> {
  const phone = "(212) 555-0171";
  const stopped = await pages.optOut(operator, given.teamId, phone, "Rang us");
  assert.deepEqual(stopped.added, ["call", "text"]);
  await assert.rejects(
    pages.optIn(operator, given.teamId, phone, "Wrote to us"),
    (error) =>
      error instanceof pages.Refused && error.refusal.code === "OB008" && error.refusal.details.needs === "admin",
  );
  assert.deepEqual((await pages.optIn(admin, given.teamId, phone, "Wrote to us")).lifted, ["call", "text"]);
  const history = await pages.consentHistory(operator, given.teamId, phone);
  assert.deepEqual([history.items.length, history.suppressions], [4, []]);
  const p_team_id = given.teamId;
  const rows = { p_team_id, p_rows: ["(212) 555-0172", { phone: "12", note: "typo" }], p_partial: true };
  assert.equal(pages.answer(await admin.rpc("import_suppressions", rows)).rejected, 1);
  pages.answer(await admin.rpc("get_consent_history", { p_team_id, p_limit: 2 }));
  pages.answer(await admin.rpc("set_team_phrases", { p_team_id, p_phrases: ["leave me alone"] }));
  pages.answer(await operator.rpc("get_team_phrases", { p_team_id }));
}

async function team(operator: pages.Client, admin: pages.Client): Promise<void> {
  const p_team_id = given.teamId;
  assert.equal((await pages.settings(operator, p_team_id)).frequency_limit, null);
  pages.answer(await admin.rpc("update_team_settings", { p_team_id, p_frequency_limit: 9, p_frequency_window: "P7D" }));
  assert.ok((await pages.health(operator, p_team_id)).every(({ health }) => health === "ok"));
  pages.answer(await admin.rpc("resume_integration", { p_team_id, p_provider: "vapi" }));
  const members = await pages.members(operator, p_team_id);
  assert.deepEqual(members.map(({ role }) => role).sort(), ["admin", "operator", "viewer"]);
  const [last] = members;
  assert.ok(last?.role === "admin");
  await assert.rejects(
    pages.setMember(admin, { p_team_id, p_user_id: last.user_id, p_role: "viewer" }),
    (error) => error instanceof pages.Refused && error.refusal.code === "OB005",
  );
  const units = await pages.catalogue(operator, { p_team_id, p_kind: "business_units" });
  assert.ok(units.failure_code === null);
}

/** Refusals come as the nine codes with details that have a shape; what a stranger asks for is not there. */
async function refusals(viewer: pages.Client, stranger: pages.Client, listId: string): Promise<void> {
  const expect = async (call: PromiseLike<{ error: Parameters<typeof readRefusal>[0] | null }>, code: RefusalCode) => {
    const { error } = await call;
    assert.ok(error !== null, code);
    assert.equal(readRefusal(error)?.code, code, JSON.stringify(error));
  };
  await expect(stranger.rpc("get_audience_list", { p_list_id: listId }), "OB004");
  await expect(stranger.rpc("list_campaigns", { p_team_id: given.teamId }), "OB004");
  await expect(viewer.rpc("create_audience_list", { p_name: "Mine", p_team_id: given.teamId }), "OB008");
  await expect(viewer.rpc("list_campaigns", { p_team_id: given.teamId, p_limit: 100_000 }), "OB009");
  const { data: rows } = await stranger.from("campaigns").select("id, name");
  assert.deepEqual(rows, []);
  const anonymous = await browser().rpc("list_campaigns", { p_team_id: given.teamId });
  assert.ok(anonymous.error !== null && readRefusal(anonymous.error) === null);
}

const operator = await signedIn(given.people.operator);
const admin = await signedIn(given.people.admin);
const listId = await audiencePages(operator);
const workflowId = await workflowPages(operator);
await campaignPages(operator, listId, workflowId);
await outreach(operator, listId);
await leads(admin);
await consent(operator, admin);
await team(operator, admin);
await builder(operator);
await refusals(await signedIn(given.people.viewer), await signedIn(given.people.stranger), listId);
writeSaid();
process.stdout.write("{}", () => process.exit(0));
