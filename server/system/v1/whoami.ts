import { z } from "zod";
import { requireCaller } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";

const WhoamiWire = z.object({
  data: z.object({
    organization_id: z.string(),
    organization_name: z.string(),
    environment_id: z.string(),
    environment_name: z.string(),
    environment_type: z.enum(["production", "development"]),
    access_token_name: z.string(),
    permissions: z.array(z.string()),
  }),
});

/** GET /system/v1/whoami: what the token is and where it belongs. Needs no scope, since it is how scopes are learnt. */
export function whoamiRoute(app: App, services: Services): void {
  app.get(
    "/system/v1/whoami",
    {
      schema: {
        summary: "Tells which access token asks",
        tags: ["System"],
        security: [{ accessToken: [] }],
        response: { 200: WhoamiWire, 401: ErrorBody, 429: ErrorBody, 503: ErrorBody },
      },
    },
    async (request, reply) => {
      const { name, scopes, environment, organization } = await requireCaller(services, request, reply);
      return {
        data: {
          organization_id: organization.id,
          organization_name: organization.name,
          environment_id: environment.id,
          environment_name: environment.name,
          environment_type: environment.type,
          access_token_name: name,
          permissions: [...scopes],
        },
      };
    },
  );
}
