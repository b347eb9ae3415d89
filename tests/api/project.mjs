// What the tests' Node scripts share: the project that they were given, a client for it, and how they answer.
import { readFileSync } from "node:fs";
import { createClient } from "@supabase/supabase-js";
import ws from "ws";

export const given = JSON.parse(readFileSync(0, "utf8"));

/** A client with the anon key, as a browser has one; signed in when a person is given. */
export async function client(person) {
  const made = createClient(given.url, given.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: ws },
  });
  if (person) {
    const { error } = await made.auth.signInWithPassword({ email: person.email, password: person.password });
    if (error) throw error;
  }
  return made;
}

/** A client with the service key, as a backend has one. */
export function service() {
  return createClient(given.url, given.serviceRoleKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: ws },
  });
}

/** What a caller sees of a refusal. */
export function refusal(error) {
  return error && { code: error.code, message: error.message, details: error.details, hint: error.hint };
}

/** Answer the test and end. */
export function answer(value) {
  process.stdout.write(JSON.stringify(value), () => process.exit(0));
}
