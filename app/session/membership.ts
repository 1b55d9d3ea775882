import { cache } from "react";
import { askAsPerson } from "./ask-as-person.ts";
import type { ServerAnswer } from "./ask-server.ts";
import { type Environment, EnvironmentWire, type Membership, SessionWire } from "./wire.ts";

/** Who is signed in and what they may see; asked once per page. Also slides the server's session. */
export const askMembership = cache(
  (): Promise<ServerAnswer<Membership>> => askAsPerson({ path: "/dashboard/v1/session", schema: SessionWire }),
);

/** One environment with its key; 404 for one that is not the person's. */
export const askEnvironment = cache(
  (id: string): Promise<ServerAnswer<Environment>> =>
    askAsPerson({ path: `/dashboard/v1/environments/${encodeURIComponent(id)}`, schema: EnvironmentWire }),
);
