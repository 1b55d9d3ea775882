import { z } from "zod";
import { parseTimeframe, type Timeframe } from "../../../domain/data-api/timeframe.ts";
import { oldestUsageDay } from "../../../domain/usage/usage-days.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import { gatherLists, listParam } from "../../data/v1/list-params.ts";
import type { App } from "../../http/app.ts";
import { dayFileLink, dayFileRoute } from "../../http/day-files.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import { PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";
import { USAGE_FILES } from "../usage/usage-files.ts";

const DAY_SECONDS = 86_400;

const Query = PageQuery.extend({
  "timeframe[]": listParam(
    "Days that begin in it: two Unix times in seconds, or one span up to now such as 7:days; all days if left out",
  ),
  download_url_ttl: z.coerce
    .number()
    .int()
    .min(1)
    .max(7 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .describe("Seconds for which links serve"),
});

const ExportWire = z.object({
  date: z.string().describe("A day of UTC, such as 2026-01-31"),
  download_url: z.string().describe("CSV; serves without a token until then"),
  download_url_expires_at: z.number().describe("Unix seconds"),
  file_size: z.number().nullable().describe("Bytes"),
});
const MetaWire = z.object({ limit: z.number(), page: z.number(), pages: z.number(), total: z.number() });

/** GET /system/v1/usage/exports and the files behind its links (reference video-api.md §7.3): what was delivered, day by day. */
export function usageExportRoutes(app: App, services: Services): void {
  listRoute(app, services);
  dayFileRoute(app, services, USAGE_FILES);
}

function listRoute(app: App, services: Services): void {
  app.get(
    "/system/v1/usage/exports",
    {
      onRequest: allow(services, "system:read"),
      preValidation: gatherLists,
      schema: {
        tags: ["System"],
        security: [{ accessToken: [] }],
        summary: "List files of what was delivered, one for each day, newest first",
        querystring: Query,
        response: { ...REFUSALS, 200: z.object({ data: z.array(ExportWire), meta: MetaWire }) },
      },
    },
    async (request) => {
      const { page, limit, download_url_ttl } = request.query;
      const days = daysIn(request.query["timeframe[]"], services.now());
      const environmentId = callerOf(request).environment.id;
      const files = madeFiles(services, environmentId, days);
      const { total } = await files.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      const rows = await files
        .select(["day", "size_bytes"])
        .orderBy("day", "desc")
        .limit(limit)
        .offset((page - 1) * limit)
        .execute();
      const { publicApiUrl, socketTokenSecret: secret } = services;
      const expires = Math.floor(services.now() / 1_000) + download_url_ttl;
      return {
        data: rows.map(({ day, size_bytes }) => ({
          date: day,
          download_url: publicApiUrl + dayFileLink(USAGE_FILES, { environmentId, day }, secret, expires),
          download_url_expires_at: expires,
          file_size: size_bytes,
        })),
        meta: { limit, page, pages: Math.ceil(total / limit), total },
      };
    },
  );
}

function madeFiles({ db, now }: Services, environmentId: string, days: Timeframe | null) {
  const made = db
    .selectFrom("usage_exports")
    .where("environment_id", "=", environmentId)
    .where("made_at", "is not", null)
    .where("day", ">=", oldestUsageDay(now()));
  return days === null
    ? made
    : made.where("day", ">=", firstDayFrom(days.fromMs)).where("day", "<", firstDayFrom(days.toMs));
}

function daysIn(values: readonly string[], nowMs: number): Timeframe | null {
  return values.length === 0 ? null : parseTimeframe(values, nowMs);
}

/** The first day of UTC that begins then or later. */
function firstDayFrom(atMs: number): string {
  return new Date(Math.ceil(atMs / (DAY_SECONDS * 1_000)) * DAY_SECONDS * 1_000).toISOString().slice(0, 10);
}
