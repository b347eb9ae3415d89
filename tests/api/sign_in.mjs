// Signs in, is recognised, refreshes, and signs out again.
import { answer, client, given } from "./project.mjs";

const browser = await client();
const wrong = await browser.auth.signInWithPassword({ email: given.person.email, password: "not the password" });
const unknown = await browser.auth.signInWithPassword({ email: "nobody@example.com", password: given.person.password });
const signedIn = await browser.auth.signInWithPassword({ email: given.person.email, password: given.person.password });
const user = await browser.auth.getUser();
const claims = await browser.auth.getClaims();
const first = signedIn.data.session;
const refreshed = await browser.auth.refreshSession();
const signedOut = await browser.auth.signOut();
const afterwards = await browser.auth.getUser(refreshed.data.session.access_token);
const replayed = await browser.auth.refreshSession({ refresh_token: refreshed.data.session.refresh_token });

answer({
  wrong: wrong.error?.code,
  unknown: unknown.error?.code,
  signedIn: signedIn.data.user?.email,
  user: user.data.user?.id,
  role: claims.data?.claims.role,
  newToken: refreshed.data.session.refresh_token !== first.refresh_token,
  signedOut: signedOut.error,
  afterwards: afterwards.error?.name,
  replayed: replayed.error?.code,
});
