import { z } from "zod";
import type { AssetSettings } from "../../../domain/asset/settings-wire.ts";
import { ApiError } from "../../../domain/errors.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import type { Services } from "../../http/services.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import { type CreatedOrNot, createAssets } from "../create-assets.ts";
import { AssetWire, assetToWire } from "./asset-wire.ts";
import { requireSettings, SettingsBody } from "./settings-body.ts";

const MAX_ASSETS = 100;

const Body = z.object({
  assets: z
    .array(z.unknown())
    .min(1)
    .max(MAX_ASSETS)
    .describe("Bodies of `POST /video/v1/assets`, each checked by itself"),
});

const ResultWire = z.union([
  z.object({ asset: AssetWire }),
  z.object({ error: ErrorBody.shape.error.describe("Why there is no such asset") }),
]);

/** POST /video/v1/assets/batch, ours: many assets by one request, each made or refused by itself. */
export function assetBatchRoute(app: App, services: Services): void {
  app.post(
    "/video/v1/assets/batch",
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        tags: ["Assets"],
        security: [{ accessToken: [] }],
        summary: "Create up to 100 assets from URLs",
        description:
          "`data` has one result for each body, in order: `asset`, or `error` as creating it alone would have been refused. " +
          "What one is refused for leaves the others as they are. An `Idempotency-Key` is of the whole request.",
        headers: IdempotencyHeaders,
        body: Body,
        response: { ...REFUSALS, 422: ErrorBody, 200: z.object({ data: z.array(ResultWire) }) },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const settings = request.body.assets.map(settingsOf);
      const data = await writeOnce(services, request, reply, async (transaction) =>
        (await createAssets(transaction, services, environmentId, settings)).map(toWire),
      );
      return { data };
    },
  );
}

function settingsOf(body: unknown): AssetSettings | ApiError {
  const read = SettingsBody.safeParse(body);
  if (!read.success)
    return new ApiError(
      "invalid_parameters",
      read.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`)),
    );
  try {
    return requireSettings(read.data, "url");
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

function toWire(result: CreatedOrNot): z.output<typeof ResultWire> {
  if ("asset" in result) return { asset: assetToWire(result.asset) };
  const { type, messages } = result.refusal;
  return { error: { type, messages: [...messages] } };
}
