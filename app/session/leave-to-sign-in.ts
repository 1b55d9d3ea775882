import { signInPath } from "./return-path.ts";

/** To the sign-in page, and back here afterwards; for pages that learn that the session is over. */
export function leaveToSignIn(): void {
  window.location.assign(signInPath(`${window.location.pathname}${window.location.search}`, true));
}
