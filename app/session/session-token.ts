import { getToken } from "next-auth/jwt";
import type { AppConfig } from "../config.ts";

/** The server's session token out of the encrypted cookie; null without one, or when it was made with another secret. */
export async function readSessionToken(
  cookies: Iterable<{ name: string; value: string }>,
  { appOrigin, sessionSecret }: AppConfig,
): Promise<string | null> {
  const byName = Object.fromEntries(Array.from(cookies, ({ name, value }) => [name, value]));
  const token = await getToken({
    // all that next-auth looks at of a request
    req: { cookies: byName, headers: {} } as unknown as Parameters<typeof getToken>[0]["req"],
    secret: sessionSecret,
    secureCookie: appOrigin.startsWith("https://"),
  });
  return token?.sessionToken ?? null;
}
