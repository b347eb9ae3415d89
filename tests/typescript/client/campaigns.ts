// The campaign pages: the modal, the steps, the people, the numbers.
import assert from "node:assert/strict";
import { readRefusal } from "#types";
import * as pages from "./pages.js";
import { breath, given } from "./project.js";

const LATER = "2099-01-04T14:00:00Z";

export async function campaignPages(supabase: pages.Client, listId: string, workflowId: string): Promise<void> {
  const chosen = await pages.choices(supabase, given.teamId);
  assert.ok(chosen.lists.some(({ id }) => id === listId));
  assert.ok(chosen.workflows.some(({ id, channels }) => id === workflowId && channels.includes("call")));
  const { id } = await pages.createCampaign(supabase, {
    p_name: "Spring",
    p_team_id: given.teamId,
    p_list_id: listId,
    p_workflow_id: workflowId,
    p_phone_number_id: given.phoneNumberId,
    p_exclusions: { contacted_within: "P30D" },
  });
  pages.answer(await supabase.rpc("update_campaign", { p_campaign_id: id, p_name: "Spring calls" }));
  const reach = await pages.preflight(supabase, id);
  assert.deepEqual([reach.members, reach.blockers], [7, []]);
  await steps(supabase, id);
  await numbers(supabase, id);
  await ending(supabase, id);
  assert.equal((await pages.audienceDetail(supabase, listId)).campaigns[0]?.name, "Spring calls");
}

async function steps(supabase: pages.Client, id: string): Promise<void> {
  const asked = await pages.launchCampaign(supabase, { p_campaign_id: id, p_at: LATER, p_dry_run: true });
  assert.deepEqual([asked.to, asked.dry_run, asked.members], ["SCHEDULED", true, 7]);
  await pages.launchCampaign(supabase, { p_campaign_id: id, p_at: LATER });
  const back = pages.answer(await supabase.rpc("unschedule_campaign", { p_campaign_id: id }));
  assert.equal(Date.parse(back.scheduled_at ?? ""), Date.parse(LATER));
  assert.equal((await pages.launchCampaign(supabase, { p_campaign_id: id })).members, 7);
  await assert.rejects(
    pages.launchCampaign(supabase, { p_campaign_id: id }),
    (error) => error instanceof pages.Refused && error.refusal.code === "OB002" && error.refusal.hint !== "",
  );
  const listed = await pages.campaigns(supabase, given.teamId, { p_status: "ACTIVE" });
  const allowed = listed.items[0]?.actions.filter(({ allowed }) => allowed).map(({ action }) => action);
  assert.ok(allowed?.includes("pause") && !allowed.includes("launch"));

  assert.equal((await pages.pauseCampaign(supabase, id, true)).waiting, 7);
  await pages.pauseCampaign(supabase, id, false);
  assert.equal((await pages.campaignDetail(supabase, id)).status, "PAUSED");
  assert.deepEqual((await pages.resumeCampaign(supabase, id, true)).blockers, []);
  assert.equal((await pages.resumeCampaign(supabase, id, false)).to, "ACTIVE");
}

async function numbers(supabase: pages.Client, id: string): Promise<void> {
  const people = await pages.enrollments(supabase, { p_campaign_id: id, p_search: "Pat1" });
  const [person] = people.items;
  assert.ok(person !== undefined);
  const told = await pages.explain(supabase, id, person.contact_id);
  assert.equal(told.next?.kind, "send");
  const jobs = pages.answer(await supabase.rpc("list_jobs", { p_campaign_id: id, p_phone: person.phone }));
  const [job] = jobs.items;
  assert.ok(job !== undefined);
  const looked = pages.answer(await supabase.rpc("get_job", { p_job_id: job.id }));
  assert.ok(looked.refusals.retry !== null && looked.refusals.cancel === null);
  pages.answer(await supabase.rpc("cancel_job", { p_job_id: job.id }));

  const shown: number[] = [];
  const [metrics] = await pages.pollMetrics(
    supabase,
    [id],
    ([row]) => shown.push(row?.cancelled ?? -1),
    breath,
    () => shown.length >= 2,
  );
  assert.deepEqual([metrics?.enrolled, metrics?.waiting, metrics?.cancelled, shown], [7, 6, 1, [1, 1]]);
  assert.deepEqual(
    [metrics?.booking_rate, metrics?.channels.call.waiting, metrics?.channels.text.waiting],
    [null, 6, 0],
  );
  const [node] = await pages.nodeMetrics(supabase, [id]);
  assert.deepEqual([node?.label, node?.scheduled, node?.waiting], ["First call", 7, 6]);

  const now = Date.parse(metrics?.as_of ?? "");
  const range = { p_from: new Date(now - 7_200_000).toISOString(), p_to: new Date(now + 60_000).toISOString() };
  const { bucket_size, points } = await pages.chart(supabase, {
    p_campaign_ids: [id],
    p_bucket: "quarter_hour",
    ...range,
  });
  assert.equal(bucket_size, "quarter_hour");
  assert.ok(points.length >= 8);
  assert.equal(
    points.reduce((sum, point) => sum + point.enrolled, 0),
    7,
  );
  const [stats] = await pages.audienceStats(supabase, [id]);
  assert.deepEqual([stats?.size, stats?.reachable, stats?.by_source.csv?.size], [7, 7, 7]);
}

async function ending(supabase: pages.Client, id: string): Promise<void> {
  const retry = { p_campaign_id: id, p_dry_run: true };
  assert.equal(pages.answer(await supabase.rpc("retry_failed_enrollments", retry)).retried, 0);
  assert.equal((await pages.cancelCampaign(supabase, id, true)).cancelled, 6);
  assert.equal((await pages.cancelCampaign(supabase, id, false)).to, "CANCELLED");
  const over = await pages.pollMetrics(
    supabase,
    [id],
    () => undefined,
    breath,
    () => false,
  );
  assert.equal(over[0]?.cancelled, 7);
  const failures = await pages.failures(supabase, id);
  assert.equal(
    failures.reduce((sum, { contacts }) => sum + contacts, 0),
    7,
  );
  assert.equal((await pages.counterHealth(supabase, given.teamId)).health, "unchecked");
  pages.answer(await supabase.rpc("archive_campaign", { p_campaign_id: id }));
  pages.answer(await supabase.rpc("unarchive_campaign", { p_campaign_id: id }));
  const { error } = await supabase.rpc("retry_failed_enrollments", retry);
  assert.equal(error === null ? null : readRefusal(error)?.code, "OB002");
}
