// The workflow pages: draw, load, edit, save, meet somebody else's save, publish.
import assert from "node:assert/strict";
import type { Graph } from "#types";
import { added, moved, opened, toObject } from "./editor.js";
import * as pages from "./pages.js";
import { given } from "./project.js";

/** Draws and publishes a workflow whose first step waits a day; its id. */
export async function workflowPages(supabase: pages.Client): Promise<string> {
  const made = pages.answer(await supabase.rpc("create_workflow", { p_name: "Tune-up", p_team_id: given.teamId }));
  const loaded = await pages.loadWorkflow(supabase, made.id);
  const [trigger] = loaded.nodes;
  assert.ok(trigger !== undefined);
  let editor = opened(loaded);
  editor = added(
    editor,
    {
      id: "call",
      type: "call",
      position: { x: 0, y: 150 },
      data: {
        label: "First call",
        assistant_id: given.assistantId,
        batching: { size: 2, interval: "PT5M" },
        retry: { outcomes: ["no_answer"], max_retries: 2, delay: "PT4H" },
      },
    },
    { id: "in", source: trigger.id, target: "call", data: { when: "any", delay: "P1D" } },
  );
  const unfinished: Graph = { ...toObject(editor), edges: [] };
  const issues = await pages.checkGraph(supabase, given.teamId, unfinished);
  assert.ok(issues.some(({ severity, node_id }) => severity === "error" && node_id === "call"));
  const save = { p_workflow_id: made.id, p_revision: loaded.revision };
  const refused = await pages.saveWorkflow(supabase, { ...save, p_graph: unfinished });
  assert.deepEqual(refused.issues, issues);

  editor = moved(editor, "call", 40, 200);
  const { saved } = await pages.saveWorkflow(supabase, { ...save, p_graph: toObject(editor) });
  assert.equal(saved?.revision, loaded.revision + 1);
  const again = await pages.loadWorkflow(supabase, made.id);
  assert.deepEqual(again.nodes.find(({ id }) => id === "call")?.position, { x: 40, y: 200 });

  // somebody else, who had loaded it before that
  const { conflict } = await pages.saveWorkflow(supabase, { ...save, p_graph: toObject(opened(loaded)) });
  assert.deepEqual([conflict?.expected, conflict?.actual], [loaded.revision, again.revision]);
  assert.deepEqual(
    conflict?.changes?.nodes.added.map(({ id }) => id),
    ["call"],
  );

  await otherPages(supabase, made.id, { nodes: again.nodes, edges: again.edges });
  const published = await pages.publishWorkflow(supabase, made.id, "As agreed");
  assert.deepEqual([published.status, published.version, published.note], ["PUBLISHED", 1, "As agreed"]);
  await assert.rejects(
    pages.saveWorkflow(supabase, { ...save, p_graph: unfinished }),
    (error) => error instanceof pages.Refused && error.refusal.code === "OB003",
  );
  return made.id;
}

async function otherPages(supabase: pages.Client, id: string, graph: Graph): Promise<void> {
  const laidOut = pages.answer(await supabase.rpc("layout_workflow", { p_graph: graph, p_direction: "TB" }));
  assert.equal(laidOut.nodes.length, graph.nodes.length);
  const journey = pages.answer(
    await supabase.rpc("simulate_workflow", {
      p_workflow_id: id,
      p_start_at: "2027-03-01T15:00:00Z",
      p_outcomes: { call: ["no_answer", { outcome: "booked", after: "PT2M" }] },
    }),
  );
  assert.equal(journey.end.status, "BOOKED");
  const copy = pages.answer(await supabase.rpc("clone_workflow", { p_workflow_id: id, p_new_lineage: true }));
  const renamed = opened(copy);
  await pages.saveWorkflow(supabase, {
    p_workflow_id: copy.id,
    p_revision: copy.revision,
    p_graph: {
      nodes: renamed.nodes.map((node) =>
        node.type === "call" ? { ...node, data: { ...node.data, label: "Call" } } : node,
      ),
      edges: renamed.edges,
    },
  });
  const compared = pages.answer(await supabase.rpc("compare_workflows", { p_from_id: id, p_to_id: copy.id }));
  assert.deepEqual(compared.nodes.changed[0]?.fields, [{ field: "data.label", from: "First call", to: "Call" }]);
  pages.answer(await supabase.rpc("archive_workflow", { p_workflow_id: copy.id }));
  const listed = pages.answer(await supabase.rpc("list_workflows", { p_team_id: given.teamId, p_status: "DRAFT" }));
  assert.deepEqual(
    listed.items.map((workflow) => [workflow.id, workflow.node_count]),
    [[id, 2]],
  );
}
