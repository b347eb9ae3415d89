// The audience pages: lists, one list, the builder, schedules, outreach.
import assert from "node:assert/strict";
import { readRefusal, type Args, type FilterDefinition, type Row } from "#types";
import * as pages from "./pages.js";
import { breath, given } from "./project.js";

const people: Row[] = Array.from({ length: 7 }, (_, n) => ({
  "First name": `Pat${n}`,
  Phone: `(212) 555-010${n}`,
  Email: `pat${n}@example.com`,
}));
const messy: Row[] = [...people, { "First name": "Nobody", Phone: "12" }, { Phone: "(212) 555-0100" }];

const FILTER = {
  match: { all: [{ membership: { statuses: ["Active"] } }, { job: { statuses: ["Canceled"] } }] },
} satisfies FilterDefinition;

/** Builds a list from a file, and looks at it as its pages do; its id. */
export async function audiencePages(supabase: pages.Client): Promise<string> {
  const team = given.teamId;
  const checked = await pages.checkFile(supabase, team, messy);
  assert.deepEqual([checked.counts.accepted, checked.counts.rejected, checked.counts.duplicate], [7, 1, 1]);
  assert.ok(checked.issues.some(({ row, column }) => row !== undefined && column === "Phone"));
  const file = { p_name: "Owners", p_team_id: team, p_rows: messy };
  await assert.rejects(pages.createAudience(supabase, file), (refused) => {
    assert.ok(refused instanceof pages.Refused);
    assert.equal(refused.refusal.code, "OB001");
    assert.notDeepEqual(pages.problems(refused.refusal).places, {});
    return true;
  });
  const list = await pages.createAudience(supabase, {
    ...file,
    p_rows: people,
    p_exclusions: { booked_within: "P30D" },
  });
  assert.equal(list.member_count, 7);
  const run = await pages.addFile(supabase, list.id, messy);
  assert.equal(run.status, "PARTIAL");
  assert.notEqual((await pages.runErrors(supabase, run.id)).items.length, 0);

  const first = await pages.audienceMembers(supabase, list.id, "pat");
  assert.deepEqual([first.items.length, first.next_cursor], [7, null]);
  assert.equal((await pages.audienceMembers(supabase, list.id, "Pat3")).items[0]?.phone, "+12125550103");
  const seen = new Set<string>();
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = pages.answer(
      await supabase.rpc("get_audience_members", { p_list_id: list.id, p_limit: 3, p_cursor: cursor }),
    );
    for (const member of page.items) seen.add(member.contact_id);
    cursor = page.next_cursor;
  }
  assert.equal(seen.size, 7);

  const spare = await pages.createAudience(supabase, { p_name: "Spare", p_team_id: team });
  const asked = await pages.archiveAudience(supabase, spare.id, true);
  assert.deepEqual([asked.from, asked.to, asked.dry_run, asked.status], ["ACTIVE", "ARCHIVED", true, "ACTIVE"]);
  await pages.archiveAudience(supabase, spare.id, false);
  pages.answer(await supabase.rpc("unarchive_audience_list", { p_list_id: spare.id }));
  pages.answer(await supabase.rpc("update_audience_list", { p_list_id: spare.id, p_name: "Spare leads" }));
  const page = await pages.audienceLists(supabase, team, { p_limit: 1, p_status: "ACTIVE" });
  assert.equal(page.items[0]?.name, "Spare leads");
  assert.ok(page.next_cursor !== null);
  const next = await pages.audienceLists(supabase, team, { p_limit: 1, p_cursor: page.next_cursor });
  assert.equal(next.items[0]?.name, "Owners");
  assert.equal((await pages.audienceDetail(supabase, list.id)).runs.length, 2);
  return list.id;
}

/** In a team without an account at ServiceTitan: what needs one says so, and what does not can be prepared. */
export async function builder(supabase: pages.Client): Promise<void> {
  const p_team_id = given.bareTeamId;
  const wrong = await supabase.rpc("preview_audience_definition", {
    p_team_id,
    p_definition: { match: { job: { completed: { days_ago: { min: 9, max: 2 } } } } },
  });
  assert.equal(wrong.error === null ? null : readRefusal(wrong.error)?.code, "OB001");
  const refused = (error: unknown) =>
    error instanceof pages.Refused &&
    error.refusal.code === "OB007" &&
    Object.keys(pages.problems(error.refusal).places).length === error.refusal.details.blockers.length;
  const never = () => assert.fail("there is nothing to show, and nothing to wait for");
  await assert.rejects(pages.preview(supabase, { p_team_id, p_definition: FILTER }, never, breath, never), refused);

  const list = await pages.createAudience(supabase, {
    p_team_id,
    p_name: "Members",
    p_source: "servicetitan",
    p_definition: FILTER,
  });
  const words = await pages.describeSchedule(supabase, "30 8 29 2 *", "America/Chicago");
  assert.equal(words.next.length, 3);
  // years away, so that nothing becomes due meanwhile
  const schedule = { p_list_id: list.id, p_expression: "30 8 29 2 *", p_timezone: "America/Chicago" };
  assert.equal((await pages.setSchedule(supabase, schedule)).chip, "on");
  assert.equal((await pages.toggleSchedule(supabase, list.id, false)).chip, "off");
  assert.equal((await pages.audienceSchedules(supabase, p_team_id)).items.length, 1);
}

export async function outreach(supabase: pages.Client, listId: string): Promise<void> {
  const asked = {
    p_list_id: listId,
    p_kind: "text",
    p_channel: "text",
    p_phone_number_id: given.phoneNumberId,
    p_template: "Hi {{first_name|there}}!",
    // nothing goes out while the test looks: the clock stands still on a Monday, and this is open on Sundays
    p_settings: { business_hours: { timezone: "team", windows: { sunday: [{ start: "12:00", end: "13:00" }] } } },
  } satisfies Args<"launch_outreach">;
  const plan = await pages.launchOutreach(supabase, { ...asked, p_dry_run: true });
  assert.deepEqual([plan.counts.items, plan.outreach_id], [7, null]);
  const launched = await pages.launchOutreach(supabase, asked);
  assert.ok(launched.outreach_id !== null && launched.campaign_id !== null);
  assert.equal((await pages.outreachItems(supabase, launched.outreach_id)).items.length, 7);
  assert.equal((await pages.launchOutreach(supabase, asked)).duplicates.length, 7);
  pages.answer(await supabase.rpc("list_outreaches", { p_list_id: listId }));
  pages.answer(await supabase.rpc("retry_outreach_items", { p_outreach_id: launched.outreach_id }));
  await pages.cancelCampaign(supabase, launched.campaign_id, false);
}
