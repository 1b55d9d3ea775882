import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { EXPORT_VERSION } from "../../../domain/data-api/export-columns.ts";
import { dayOf, dayRange, deletedAtMs, oldestKeptDay } from "../../../domain/data-api/export-days.ts";
import type { Row } from "../../../platform/postgres/schema.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { type DayFile, dayFileLink, dayFileRoute } from "../../http/day-files.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { EXPORT_FILES } from "../exports/export-files.ts";
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
  dayFileRoute(app, services, EXPORT_FILES);
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

function linkOf({ publicApiUrl, socketTokenSecret, now }: Services, file: DayFile): string {
  const expires = Math.floor(Math.min(now() + LINK_MS, deletedAtMs(file.day)) / 1_000);
  return publicApiUrl + dayFileLink(EXPORT_FILES, file, socketTokenSecret, expires);
}

/** From the first day that is kept to the beginning of today. */
function keptRange(nowMs: number): [number, number] {
  return timeframeWire({ fromMs: dayRange(oldestKeptDay(nowMs)).fromMs, toMs: dayRange(dayOf(nowMs)).fromMs });
}
