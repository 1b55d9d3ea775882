import { randomBytes } from "node:crypto";
import { z } from "zod";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import { PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import { cancelUpload } from "../../uploads/cancel-upload.ts";
import { settleUploadAt } from "../../uploads/settle-job.ts";
import { listUploads, recordUploadEvent, requireUpload } from "../uploads.ts";
import { requireSettings, SettingsBody } from "./settings-body.ts";
import { UploadWire, uploadToWire } from "./upload-wire.ts";

const URL_TOKEN_BYTES = 32;

const Params = z.object({ upload_id: z.string() });
const Create = z.object({
  cors_origin: text(2_048)
    .refine((value) => /^[\x21-\x7e]+$/.test(value), "is no origin")
    .describe("Origin of the page that uploads, or *"),
  new_asset_settings: SettingsBody.default({}),
  timeout: z.number().int().min(60).max(604_800).default(3_600).describe("Seconds that the URL is valid"),
  test: z.boolean().optional(),
});

const one = z.object({ data: UploadWire });
const many = z.object({ data: z.array(UploadWire) });
const common = { tags: ["Direct uploads"], security: [{ accessToken: [] }] };

/** /video/v1/uploads: URLs to which browsers and apps send files without a token (reference video-api.md §4). */
export function uploadRoutes(app: App, services: Services): void {
  createRoute(app, services);
  readRoutes(app, services);
  cancelRoute(app, services);
}

function createRoute(app: App, services: Services): void {
  app.post(
    "/video/v1/uploads",
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Create a URL to upload to",
        headers: IdempotencyHeaders,
        body: Create,
        response: { ...REFUSALS, 422: ErrorBody, 201: one },
      },
    },
    async (request, reply) => {
      const { cors_origin, new_asset_settings, timeout, test } = request.body;
      const isTest = test ?? new_asset_settings.test ?? false;
      requireSettings({ ...new_asset_settings, test: isTest }, "upload", "new_asset_settings.");
      const nowMs = services.now();
      const data = await writeOnce(services, request, reply, async (transaction) => {
        const row = await transaction
          .insertInto("uploads")
          .values({
            environment_id: callerOf(request).environment.id,
            id: services.newId(),
            url_token: randomBytes(URL_TOKEN_BYTES).toString("base64url"),
            status: "waiting",
            timeout_seconds: timeout,
            expires_at: new Date(nowMs + timeout * 1_000),
            cors_origin,
            new_asset_settings: JSON.stringify(new_asset_settings),
            is_test: isTest,
            asset_id: services.newId(),
            created_at: new Date(nowMs),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await recordUploadEvent(transaction, "video.upload.created", row, { ...services, nowMs });
        await settleUploadAt(transaction, row, row.expires_at);
        return uploadToWire(row, services.publicApiUrl);
      });
      return reply.code(201).send({ data });
    },
  );
}

function readRoutes(app: App, services: Services): void {
  app.get(
    "/video/v1/uploads",
    {
      onRequest: allow(services, "video:read"),
      schema: {
        ...common,
        summary: "List uploads, newest first",
        querystring: PageQuery,
        response: { ...REFUSALS, 200: many },
      },
    },
    async (request) => {
      const { page, limit } = request.query;
      const window = { offset: (page - 1) * limit, limit };
      const uploads = await listUploads(services.db, callerOf(request).environment.id, window);
      return { data: uploads.map((upload) => uploadToWire(upload, services.publicApiUrl)) };
    },
  );
  app.get(
    "/video/v1/uploads/:upload_id",
    {
      onRequest: allow(services, "video:read"),
      schema: { ...common, summary: "Retrieve an upload", params: Params, response: { ...REFUSALS, 200: one } },
    },
    async (request) => {
      const upload = await requireUpload(services.db, callerOf(request).environment.id, request.params.upload_id);
      return { data: uploadToWire(upload, services.publicApiUrl) };
    },
  );
}

function cancelRoute(app: App, services: Services): void {
  app.put(
    "/video/v1/uploads/:upload_id/cancel",
    {
      onRequest: allow(services, "video:write"),
      schema: { ...common, summary: "Cancel a waiting upload", params: Params, response: { ...REFUSALS, 200: one } },
    },
    async (request) => {
      const environmentId = callerOf(request).environment.id;
      const upload = await cancelUpload(services, environmentId, request.params.upload_id);
      return { data: uploadToWire(upload, services.publicApiUrl) };
    },
  );
}
