import { z } from "zod";
import { SOCKET_TOKEN_SECONDS, signSocketToken } from "../../platform/tokens/socket-token.ts";
import { requireSession } from "../auth/session-guard.ts";
import type { App } from "../http/app.ts";
import type { Services } from "../http/services.ts";
import { requireEnvironment } from "./environments.ts";
import { EnvironmentTypeWire } from "./wire.ts";

const Params = z.object({ id: z.string() });

const EnvironmentWire = z.object({
  id: z.string(),
  name: z.string(),
  type: EnvironmentTypeWire,
  env_key: z.string().nullable(),
  organization: z.object({ id: z.uuid(), name: z.string() }),
});

const SocketTokenWire = z.object({ token: z.string(), expires_at: z.iso.datetime(), socket_url: z.url() });

/** GET /dashboard/v1/environments/{id}, and POST …/socket-token, which opens the collector's socket for 5 minutes. */
export function environmentRoutes(app: App, services: Services): void {
  app.get(
    "/dashboard/v1/environments/:id",
    { schema: { hide: true, params: Params, response: { 200: EnvironmentWire } } },
    async (request) => {
      const { person } = await requireSession(services, request);
      const environment = await requireEnvironment(services.db, person.id, request.params.id);
      const { id, name, type, envKey, organization } = environment;
      return { id, name, type, env_key: envKey, organization };
    },
  );
  app.post(
    "/dashboard/v1/environments/:id/socket-token",
    { schema: { hide: true, params: Params, response: { 200: SocketTokenWire } } },
    async (request) => {
      const { person } = await requireSession(services, request);
      const { number } = await requireEnvironment(services.db, person.id, request.params.id);
      const nowMs = services.now();
      const grant = { personId: person.id, environmentId: number, scopes: ["monitoring:read"] };
      const token = await signSocketToken(grant, services.socketTokenSecret, nowMs);
      // The token counts in whole seconds from the one it was made in.
      const expiresAt = new Date((Math.floor(nowMs / 1_000) + SOCKET_TOKEN_SECONDS) * 1_000);
      return { token, expires_at: expiresAt.toISOString(), socket_url: services.publicSocketUrl };
    },
  );
}
