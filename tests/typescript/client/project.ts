// What the test gives its client: a project, people who can sign in, and a wire that notes what comes over it.
import { readFileSync, writeFileSync } from "node:fs";
import { connect, type Client } from "./pages.js";

export type Person = { email: string; password: string };

type Given = {
  url: string;
  anonKey: string;
  /** Where what the database said is written to. */
  said: string;
  people: { operator: Person; viewer: Person; admin: Person; stranger: Person };
  teamId: string;
  /** Another team of the same people, without any account. */
  bareTeamId: string;
  assistantId: string;
  phoneNumberId: string;
};

/** What a function answered (`ok`) or refused, in the order of the calls. */
export type Said = { name: string; ok: boolean; body: unknown };

const isGiven = (value: unknown): value is Given =>
  typeof value === "object" && value !== null && "url" in value && "people" in value && "phoneNumberId" in value;

function read(): Given {
  const value: unknown = JSON.parse(readFileSync(0, "utf8"));
  if (!isGiven(value)) throw new Error("the test gave something else");
  return value;
}

export const given = read();
const said: Said[] = [];

/** A browser's client: the anon key, and everything that functions say is noted. */
export function browser(): Client {
  return connect(given.url, given.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        const name = /\/rest\/v1\/rpc\/(\w+)/.exec(`${input instanceof Request ? input.url : input}`)?.[1];
        if (name !== undefined) said.push({ name, ok: response.ok, body: await response.clone().json() });
        return response;
      },
    },
  });
}

export const writeSaid = () => writeFileSync(given.said, JSON.stringify(said));

export const breath = () => new Promise<void>((done) => setTimeout(done, 100));
