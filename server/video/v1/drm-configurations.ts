import { z } from "zod";
import { ApiError } from "../../../domain/errors.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import { PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";

const PATH = "/video/v1/drm-configurations";
const ConfigurationWire = z.object({ id: z.string() });
const common = { tags: ["DRM configurations"], security: [{ accessToken: [] }] };

/** /video/v1/drm-configurations (reference video-api.md §2): there are none, and an id of one is unknown, whoever asks. */
export function drmConfigurationRoutes(app: App, services: Services): void {
  const onRequest = allow(services, "video:read");
  app.get(
    PATH,
    {
      onRequest,
      schema: {
        ...common,
        summary: "List DRM configurations; there are none",
        querystring: PageQuery,
        response: { ...REFUSALS, 200: z.object({ data: z.array(ConfigurationWire) }) },
      },
    },
    async () => ({ data: [] }),
  );
  app.get(
    `${PATH}/:drm_configuration_id`,
    {
      onRequest,
      schema: {
        ...common,
        summary: "Retrieve a DRM configuration",
        params: z.object({ drm_configuration_id: z.string() }),
        response: { ...REFUSALS, 200: z.object({ data: ConfigurationWire }) },
      },
    },
    ({ params }) => {
      throw new ApiError("not_found", [
        `DRM configuration ${params.drm_configuration_id.slice(0, 100)} does not exist: this server protects nothing by DRM`,
      ]);
    },
  );
}
