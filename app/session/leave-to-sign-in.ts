import { signInPath } from "./return-path.ts";

/** A person who stays, for the sake of uploads that go on without a session, is not asked again at every renewal. */
const ASK_EVERY_MS = 60_000;
let askedMs = Number.NEGATIVE_INFINITY;

/** To the sign-in page, and back here afterwards; for pages that learn that the session is over. */
export function leaveToSignIn(): void {
  if (performance.now() - askedMs < ASK_EVERY_MS) return;
  askedMs = performance.now();
  window.location.assign(signInPath(`${window.location.pathname}${window.location.search}`, true));
}
