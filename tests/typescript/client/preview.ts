// The builder's preview of a filter, as a person of a team that has an account at ServiceTitan; given by the test.
import { readFileSync } from "node:fs";
import type { Args, FilterDefinition } from "#types";
import { connect, preview, signIn } from "./pages.js";

type Given = {
  url: string;
  anonKey: string;
  email: string;
  password: string;
  teamId: string;
  filter: FilterDefinition;
};

const isGiven = (value: unknown): value is Given => typeof value === "object" && value !== null && "filter" in value;

const given: unknown = JSON.parse(readFileSync(0, "utf8"));
if (!isGiven(given)) throw new Error("the test gave something else");
const supabase = connect(given.url, given.anonKey, { auth: { persistSession: false, autoRefreshToken: false } });
await signIn(supabase, given.email, given.password);
const asked: Args<"preview_audience_definition"> = { p_team_id: given.teamId, p_definition: given.filter };
const pause = () => new Promise<void>((done) => setTimeout(done, 100));
const states: string[] = [];
const ended = await preview(
  supabase,
  asked,
  ({ status }) => states.push(status),
  pause,
  () => false,
);
process.stdout.write(JSON.stringify({ ended, states }), () => process.exit(0));
