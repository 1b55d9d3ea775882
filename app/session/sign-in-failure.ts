import { formatElapsed } from "../../domain/format/format-duration.ts";

/** What travels from `authorize` to the page; next-auth's own word for a null answer is `CredentialsSignin`. */
export type SignInFailure = `throttled:${number | ""}` | "unavailable";

/** One clear sentence for every way in which signing in can fail. */
export function signInSentence(failure: string): string {
  if (failure === "CredentialsSignin") return "This email and password do not belong together.";
  if (failure.startsWith("throttled:")) {
    const seconds = Number(failure.slice("throttled:".length));
    const wait = seconds > 0 ? `in ${formatElapsed(seconds * 1_000)}` : "in a minute";
    return `Too many attempts. Try again ${wait}.`;
  }
  if (failure === "unavailable") return "The Playhead server does not answer. Nothing is wrong with your password.";
  return "Signing in did not work. Reload the page and try again.";
}
