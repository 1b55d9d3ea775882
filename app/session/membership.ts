import { cookies } from "next/headers";
import { cache } from "react";
import { readConfig } from "../config.ts";
import { askServer, type ServerAnswer } from "./ask-server.ts";
import { readSessionToken } from "./session-token.ts";
import { type Environment, EnvironmentWire, type Membership, SessionWire } from "./wire.ts";

/** Who is signed in and what they may see; asked once per page. Also slides the server's session. */
export const askMembership = cache((): Promise<ServerAnswer<Membership>> => ask("/dashboard/v1/session", SessionWire));

/** One environment with its key; 404 for one that is not the person's. */
export const askEnvironment = cache(
  (id: string): Promise<ServerAnswer<Environment>> =>
    ask(`/dashboard/v1/environments/${encodeURIComponent(id)}`, EnvironmentWire),
);

async function ask<T>(path: string, schema: Parameters<typeof askServer<T>>[0]["schema"]): Promise<ServerAnswer<T>> {
  const config = readConfig();
  const sessionToken = await readSessionToken((await cookies()).getAll(), config);
  if (sessionToken === null) return { kind: "unauthorized" };
  return askServer({ apiUrl: config.apiUrl, path, method: "GET", schema, sessionToken });
}
