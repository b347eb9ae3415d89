// The workflow editor: React Flow's own state functions between a load and a save.
import { addEdge, applyNodeChanges, type Edge, type Node } from "@xyflow/react";
import type { CallData, EdgeData, Graph, TextData, TriggerData, Workflow, WorkflowNode } from "#types";

/** The nodes and edges of the editor, as React Flow wants them declared. */
export type EditorNode = Node<TriggerData, "trigger"> | Node<CallData, "call"> | Node<TextData, "text">;
export type EditorEdge = Edge<EdgeData>;
export type Editor = { nodes: EditorNode[]; edges: EditorEdge[] };

/** What is loaded is what the editor holds, without a conversion. */
export const opened = ({ nodes, edges }: Pick<Workflow, "nodes" | "edges">): Editor => ({ nodes, edges });

export const added = (editor: Editor, node: WorkflowNode, edge: EditorEdge): Editor => ({
  nodes: applyNodeChanges<EditorNode>([{ type: "add", item: node }], editor.nodes),
  edges: addEdge(edge, editor.edges),
});

export const moved = (editor: Editor, id: string, x: number, y: number): Editor => ({
  ...editor,
  nodes: applyNodeChanges<EditorNode>(
    [
      { type: "select", id, selected: true },
      { type: "position", id, position: { x, y }, dragging: false },
      { type: "dimensions", id, dimensions: { width: 180, height: 60 } },
    ],
    editor.nodes,
  ),
});

/** What `toObject()` gives is what a save takes, without a conversion; its fields are more than the contract's. */
export const toObject = (editor: Editor): Graph & { viewport: object } => ({
  ...editor,
  viewport: { x: 0, y: 0, zoom: 1 },
});
