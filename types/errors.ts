// How a refusal of the database arrives, read into a type: `message` is for a person, `details` for the program, `hint`
// says what to do. docs/errors.md has the registry.
//
//   const { data, error } = await supabase.rpc("launch_campaign", { p_campaign_id })
//   if (error) {
//     const refusal = readRefusal(error)
//     if (refusal?.code === "OB007") show(refusal.details.blockers)
//   }
import type { Blocker, GraphChanges, Issue } from "./results.js";

/** Who holds on to something. */
export type UsedBy = { entity: string; id: string; name?: string; status?: string };

/** The shape of `details` by the code. */
export type RefusalDetails = {
  /** Validation failed: all problems at once, warnings among them. */
  OB001: Issue[];
  /** The status does not allow it; a campaign's and a job's name the step that was tried. */
  OB002: { entity: string; id: string; from: string; to: string; allowed: string[]; action?: string };
  /** Published, archived, or no longer CREATED. */
  OB003: { entity: string; id: string; status: string };
  /** No such row in the caller's teams. */
  OB004: { entity: string; id: string | null };
  /** Others depend on it. */
  OB005: { entity: string; id: string; used_by: UsedBy[] };
  /** Saved by someone else since it was read; `changes` is null when the revision that was read is no longer known. */
  OB006: {
    expected: number | null;
    actual: number;
    saved_at: string;
    changes: (GraphChanges & { name?: { from: string; to: string } }) | null;
  };
  /** A launch prerequisite is missing. */
  OB007: { blockers: Blocker[] };
  /** The role may not. */
  OB008: { role: string; needs: string };
  /** A limit was hit. */
  OB009: { limit: number; actual: number };
};

export type RefusalCode = keyof RefusalDetails;

/** A refusal; narrow it by its code, and `details` has its shape. */
export type Refusal = {
  [Code in RefusalCode]: { code: Code; message: string; details: RefusalDetails[Code]; hint: string };
}[RefusalCode];

/** What supabase-js calls an error. */
export type RefusedCall = { code: string; message: string; details: string; hint: string };

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const has = (value: unknown, ...keys: string[]): value is Fields =>
  isObject(value) && keys.every((key) => key in value);
const areAll = (value: unknown, ...keys: string[]): boolean =>
  Array.isArray(value) && value.every((item) => has(item, ...keys));

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Reads refusals of one code; details of another shape, which nothing of ours sends, are no refusal. */
const reader =
  <Code extends RefusalCode>(code: Code, fits: (details: unknown) => details is RefusalDetails[Code]) =>
  ({ message, details: text, hint }: RefusedCall) => {
    const details = parsed(text);
    return fits(details) ? { code, message, details, hint } : null;
  };

const READERS: { [Code in RefusalCode]: (call: RefusedCall) => Extract<Refusal, { code: Code }> | null } = {
  OB001: reader("OB001", (found): found is Issue[] => areAll(found, "code", "severity", "path", "message")),
  OB002: reader(
    "OB002",
    (found): found is RefusalDetails["OB002"] =>
      has(found, "entity", "id", "from", "to") && Array.isArray(found["allowed"]),
  ),
  OB003: reader("OB003", (found): found is RefusalDetails["OB003"] => has(found, "entity", "id", "status")),
  OB004: reader("OB004", (found): found is RefusalDetails["OB004"] => has(found, "entity", "id")),
  OB005: reader(
    "OB005",
    (found): found is RefusalDetails["OB005"] => has(found, "entity", "id") && areAll(found["used_by"], "entity", "id"),
  ),
  OB006: reader("OB006", (found): found is RefusalDetails["OB006"] =>
    has(found, "expected", "actual", "saved_at", "changes"),
  ),
  OB007: reader(
    "OB007",
    (found): found is RefusalDetails["OB007"] => isObject(found) && areAll(found["blockers"], "code", "message"),
  ),
  OB008: reader("OB008", (found): found is RefusalDetails["OB008"] => has(found, "role", "needs")),
  OB009: reader("OB009", (found): found is RefusalDetails["OB009"] => has(found, "limit", "actual")),
};

const isCode = (code: string): code is RefusalCode => code in READERS;

/** The refusal in an error, or null when it is none: a broken connection, an expired token, a time-out. */
export const readRefusal = (error: RefusedCall): Refusal | null =>
  isCode(error.code) ? READERS[error.code](error) : null;
