import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { EXPORT_VERSION } from "../../../domain/data-api/export-columns.ts";
import { dayOf, dayRange, deletedAtMs, oldestKeptDay } from "../../../domain/data-api/export-days.ts";
import { ApiError } from "../../../domain/errors.ts";
import type { Row } from "../../../platform/postgres/schema.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { type ExportFile, exportKey, exportLink, isLivingLink } from "../exports/export-link.ts";
import { TimeframeWire } from "./answers.ts";
import { timeframeWire } from "./scope-query.ts";

/** How long a link serves at most. */
const LINK_MS = 24 * 3_600_000;

const ExportWire = z.object({
  export_date: z.string().describe("A day of UTC, such as 2026-01-31"),
  files: z.array(
    z.object({
      version: z.number().describe("Of the names and order of columns"),
      type: z.literal("csv"),
      path: z.string().describe("Serves for 24 hours, without a token: gzip of CSV"),
    }),
  ),
});

const PendingWire = z.object({
  export_date: z.string(),
  status: z.enum(["waiting", "making", "failed"]),
  rows_total: z.number().nullable().describe("null until they are counted"),
  rows_written: z.number(),
  error: z.string().nullable().describe("What ended the last attempt; it is tried again"),
});

const common = { tags: ["Exports"], security: [{ accessToken: [] }] };

/** /data/v1/exports, /data/v1/exports/views and the files behind their links (reference data-api.md §2, rows 22, 23). */
export function exportRoutes(app: App, services: Services): void {
  viewExportsRoute(app, services);
  linksRoute(app, services);
  fileRoute(app, services);
}

function viewExportsRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/exports/views",
    {
      onRequest: allow(services, "data:read"),
      schema: {
        ...common,
        summary: "Files of all views, one for each day, newest first",
        response: {
          ...REFUSALS,
          200: z.object({
            data: z.array(ExportWire),
            total_row_count: z.number(),
            timeframe: TimeframeWire,
            pending: z.array(PendingWire).describe("Days whose file is not there yet; ours"),
          }),
        },
      },
    },
    async (request) => {
      const rows = await keptExports(services, request);
      const ready = rows.filter(({ status }) => status === "ready");
      return {
        data: ready.map(({ environment_id: environmentId, day }) => ({
          export_date: day,
          files: [{ version: EXPORT_VERSION, type: "csv" as const, path: linkOf(services, { environmentId, day }) }],
        })),
        total_row_count: ready.length,
        timeframe: keptRange(services.now()),
        pending: rows.flatMap(pendingToWire),
      };
    },
  );
}

function linksRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/exports",
    {
      onRequest: allow(services, "data:read"),
      schema: {
        ...common,
        deprecated: true,
        summary: "Links to the files of views, newest first",
        response: {
          ...REFUSALS,
          200: z.object({ data: z.array(z.string()), total_row_count: z.number(), timeframe: TimeframeWire }),
        },
      },
    },
    async (request) => {
      const ready = (await keptExports(services, request)).filter(({ status }) => status === "ready");
      return {
        data: ready.map(({ environment_id: environmentId, day }) => linkOf(services, { environmentId, day })),
        total_row_count: ready.length,
        timeframe: keptRange(services.now()),
      };
    },
  );
}

const FileParams = z.object({ environment_id: z.string(), day: z.string() });
const FileQuery = z.object({
  expires: z.coerce.number().int().min(0).max(1e11).catch(0),
  signature: z.string().catch(""),
});

/** The link is all that is needed; what it does not allow is 403 whether or not there is such a file. */
function fileRoute(app: App, services: Services): void {
  app.get(
    "/exports/:environment_id/:day.csv.gz",
    { schema: { hide: true, params: FileParams, querystring: FileQuery } },
    async (request, reply) => {
      const { environment_id: environmentId, day } = request.params;
      const file = { environmentId, day };
      const [secret, nowMs] = [services.socketTokenSecret, services.now()];
      if (!isLivingLink(file, request.query, { secret, nowMs }))
        throw new ApiError("forbidden", ["This link does not serve any more; list the exports for a new one"]);
      return sendFile(services, file, reply);
    },
  );
}

async function sendFile({ objects }: Services, file: ExportFile, reply: FastifyReply): Promise<FastifyReply> {
  const found = await objects.read(exportKey(file));
  if (found === null) throw new ApiError("not_found", [`There is no file of ${file.day} any more`]);
  return reply
    .headers({
      "content-type": "application/gzip",
      "content-length": String(found.info.sizeBytes),
      "content-disposition": `attachment; filename="views-${file.environmentId}-${file.day}.csv.gz"`,
      "cache-control": "private, no-store",
      etag: `"${found.info.sha256}"`,
    })
    .send(found.body);
}

type ExportRow = Row<"exports">;

/** Newest first. */
function keptExports({ db, now }: Services, request: FastifyRequest): Promise<ExportRow[]> {
  return db
    .selectFrom("exports")
    .selectAll()
    .where("environment_id", "=", callerOf(request).environment.id)
    .where("day", ">=", oldestKeptDay(now()))
    .orderBy("day", "desc")
    .execute();
}

function pendingToWire({ day, status, rows_total, rows_written, error }: ExportRow): z.input<typeof PendingWire>[] {
  return status === "ready" ? [] : [{ export_date: day, status, rows_total, rows_written, error }];
}

function linkOf({ publicApiUrl, socketTokenSecret, now }: Services, file: ExportFile): string {
  return publicApiUrl + exportLink(file, socketTokenSecret, Math.min(now() + LINK_MS, deletedAtMs(file.day)));
}

/** From the first day that is kept to the beginning of today. */
function keptRange(nowMs: number): [number, number] {
  return timeframeWire({ fromMs: dayRange(oldestKeptDay(nowMs)).fromMs, toMs: dayRange(dayOf(nowMs)).fromMs });
}
