import type { AuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { z } from "zod";
import type { AppConfig } from "../config.ts";
import { askServer } from "./ask-server.ts";
import type { SignInFailure } from "./sign-in-failure.ts";
import { SignInWire } from "./wire.ts";

/** The cookie outlives the server's session, which alone decides: a longer one only ends in a clear sentence. */
const COOKIE_MAX_AGE_SECONDS = 30 * 24 * 60 * 60;

const Given = z.object({ email: z.string().min(1), password: z.string().min(1) });

/**
 * The browser side of people: the server checks passwords and owns sessions; its session token lies inside the encrypted
 * cookie and nowhere else. The `session` callback, whose result script may read, does not pass it on.
 */
export function authOptions({ apiUrl, sessionSecret }: AppConfig): AuthOptions {
  return {
    secret: sessionSecret,
    session: { strategy: "jwt", maxAge: COOKIE_MAX_AGE_SECONDS },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in" },
    providers: [
      Credentials({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: (credentials, request) => signIn(apiUrl, credentials, request.headers?.["x-forwarded-for"]),
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user === undefined ? token : { ...token, sessionToken: user.sessionToken }),
      session: ({ session }) => session,
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token.sessionToken !== "string") return;
        const path = "/dashboard/v1/session";
        await askServer({ apiUrl, path, method: "DELETE", schema: z.unknown(), sessionToken: token.sessionToken });
      },
    },
  };
}

async function signIn(apiUrl: string, credentials: unknown, clientAddress: string | undefined) {
  const given = Given.safeParse(credentials);
  if (!given.success) return null;
  const path = "/dashboard/v1/sign-in";
  const answer = await askServer({ apiUrl, path, method: "POST", schema: SignInWire, body: given.data, clientAddress });
  if (answer.kind === "ok") return { ...answer.value.person, sessionToken: answer.value.sessionToken };
  if (answer.kind === "unauthorized") return null;
  throw new Error(failureOf(answer)); // next-auth hands the message to the page
}

function failureOf(answer: { kind: string; retryAfterSeconds?: number | null }): SignInFailure {
  return answer.kind === "throttled" ? `throttled:${answer.retryAfterSeconds ?? ""}` : "unavailable";
}
