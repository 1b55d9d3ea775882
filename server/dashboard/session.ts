import { z } from "zod";
import { bearerToken, requireSession } from "../auth/session-guard.ts";
import { revokeSession } from "../auth/sessions.ts";
import type { App } from "../http/app.ts";
import type { Services } from "../http/services.ts";
import { organizationsOf } from "./environments.ts";
import { OrganizationWire, PersonWire } from "./wire.ts";

const SessionWire = z.object({
  person: PersonWire,
  organizations: z.array(OrganizationWire),
  expires_at: z.iso.datetime(),
});

/** GET and DELETE /dashboard/v1/session: who is signed in and what they may open; sign out. */
export function sessionRoutes(app: App, services: Services): void {
  app.get("/dashboard/v1/session", { schema: { hide: true, response: { 200: SessionWire } } }, async (request) => {
    const { person, expiresAt } = await requireSession(services, request);
    const organizations = await organizationsOf(services.db, person.id);
    return { person, organizations, expires_at: expiresAt.toISOString() };
  });
  app.delete("/dashboard/v1/session", { schema: { hide: true } }, async (request, reply) => {
    const token = bearerToken(request);
    if (token !== null) await revokeSession(services.db, token, services.now());
    return reply.code(204).send();
  });
}
