import { z } from "zod";
import { ApiError } from "../../../domain/errors.ts";
import { uint32 } from "../../../domain/metrics/ask/uint32.ts";
import type { Caller } from "../../auth/access-tokens.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { asOfMs } from "../as-of.ts";
import { findView } from "../find-view.ts";
import { type ViewList, type ViewListPage, type ViewWalks, viewsBehind, viewsOnPage } from "../list-views.ts";
import { ListWalks } from "../list-walks.ts";
import { Freshness, freshnessOf, liveClock } from "../live.ts";
import { openViewsOnPage, playingAgain } from "../open-views.ts";
import { listOf, TimeframeWire } from "./answers.ts";
import { gatherLists } from "./list-params.ts";
import { checked } from "./named-params.ts";
import { DataPageQuery, DirectionQuery, walkOf } from "./page-query.ts";
import { askedOf, ScopeQuery, timeframeWire } from "./scope-query.ts";
import { foundToWire, ListedViewWire, listedToWire, recordToListed, ViewRecordWire } from "./video-view-wire.ts";
import { decodeViewCursor, encodeViewCursor } from "./view-cursor.ts";

const MAX_ID_LENGTH = 255;

const Query = ScopeQuery.extend({
  ...DataPageQuery.shape,
  viewer_id: z.string().min(1).max(MAX_ID_LENGTH).optional().describe("As the integration or the SDK's cookie says"),
  error_id: z
    .string()
    .regex(/^(any|\d{1,10})$/, "is a number, or any")
    .optional()
    .describe("error_type_id, or any"),
  order_direction: DirectionQuery.default("desc").describe("Of view_end"),
  cursor: z.string().max(500).optional().describe("Ours: next_cursor of the page before; page is ignored with it"),
  open: z
    .enum(["true", "false"])
    .default("false")
    .describe("Ours. true: the views that play now, by id, filtered by monitoring dimensions alone"),
});
type ViewsQuery = z.output<typeof Query>;

const ListWire = listOf(ListedViewWire).extend({
  next_cursor: z.string().nullable().describe("Ours: null on the last page"),
  as_of: Freshness.shape.as_of.optional(),
  delay_ms: Freshness.shape.delay_ms.optional(),
});

const common = { tags: ["Video views"], security: [{ accessToken: [] }] };

/** /data/v1/video-views (reference data-api.md §2, rows 16 and 17). */
export function videoViewRoutes(app: App, services: Services): void {
  listRoute(app, services);
  singleRoute(app, services);
}

function listRoute(app: App, services: Services): void {
  const completed: ViewWalks = new ListWalks();
  const playing = new ListWalks<string>();
  app.get(
    "/data/v1/video-views",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...common,
        summary: "List views by their end, newest first",
        querystring: Query,
        response: { ...REFUSALS, 200: ListWire },
      },
    },
    async (request) => {
      const { query } = request;
      if (query.open === "true") return listOpen(services, playing, request);
      const caller = callerOf(request);
      const list = listOfQuery(query, caller, services.now());
      const [storedMs, page] = await Promise.all([
        asOfMs(services.analytics),
        completedPage(services, completed, list, request),
      ]);
      const { fromMs, toMs } = page.timeframe;
      const again = await playingAgain(services.analytics, caller.environmentId, page.rows, storedMs);
      return {
        data: page.rows.map((row) => listedToWire(row, page.totalRowCount, again.has(row.view_id))),
        total_row_count: page.totalRowCount,
        timeframe: timeframeWire(page.timeframe),
        next_cursor: page.next === null ? null : encodeViewCursor({ ...page.next, fromMs, toMs }),
      };
    },
  );
}

function listOfQuery(query: ViewsQuery, caller: Caller, nowMs: number): ViewList {
  const { scope, timeframe, keepMs } = askedOf(query, caller.environmentId, nowMs);
  const { error_id, viewer_id: viewerId = null, order_direction: direction } = query;
  const errorTypeId = error_id === undefined ? null : errorTypeOf(error_id);
  return { scope, timeframe, keepMs, options: { direction, errorTypeId, viewerId } };
}

function errorTypeOf(text: string): number | "any" {
  return text === "any" ? text : checked("error_id", () => uint32("error id", Number(text)));
}

type ViewsRequest = Parameters<typeof walkOf>[0] & { query: ViewsQuery };

async function completedPage(
  { analytics, now }: Services,
  walks: ViewWalks,
  list: ViewList,
  request: ViewsRequest,
): Promise<ViewListPage> {
  const { limit, cursor } = request.query;
  if (cursor === undefined || cursor === "") return viewsOnPage(analytics, walks, list, walkOf(request, now()));
  const { viewEndMs, viewId, ...timeframe } = decodeViewCursor(cursor);
  const pinned = { ...list, timeframe, scope: { ...list.scope, ...timeframe } };
  return viewsBehind(analytics, pinned, { viewEndMs, viewId }, limit);
}

const ONLY_COMPLETED = ["viewer_id", "error_id", "cursor"] as const;

async function listOpen(services: Services, walks: ListWalks<string>, request: ViewsRequest) {
  const { query } = request;
  const caller = callerOf(request);
  const refused = ONLY_COMPLETED.filter((name) => query[name] !== undefined);
  if (query["metric_filters[]"].length > 0 || query["timeframe[]"].length > 0 || refused.length > 0)
    throw new ApiError("invalid_parameters", [
      "open: views that play now are listed by filters[] of monitoring dimensions alone, without timeframe[], metric_filters[], viewer_id, error_id and cursor",
    ]);
  const { "filters[]": filters } = query;
  const clock = await liveClock(services);
  const { key, page, limit } = walkOf(request, clock.nowMs);
  const environment = { id: caller.environment.id, number: caller.environmentId };
  const found = await openViewsOnPage(services, walks, { environment, filters, key, page, limit, clock });
  return {
    data: found.rows.map((view) => recordToListed(view, found.totalRowCount)),
    total_row_count: found.totalRowCount,
    timeframe: timeframeWire(found.timeframe),
    next_cursor: null,
    ...freshnessOf(clock),
  };
}

const Params = z.object({ video_view_id: z.string() });

const SingleWire = z.object({ data: ViewRecordWire, total_row_count: z.null(), timeframe: TimeframeWire });

function singleRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/video-views/:video_view_id",
    {
      onRequest: allow(services, "data:read"),
      schema: {
        ...common,
        summary: "One view with all that is known of it and its events",
        params: Params,
        response: { ...REFUSALS, 200: SingleWire },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const environment = { id: caller.environment.id, number: caller.environmentId };
      const { video_view_id: id } = request.params;
      const atMs = (await asOfMs(services.analytics)) ?? services.now();
      const view = await findView(services, environment, id, atMs);
      if (view === null) throw new ApiError("not_found", [`View ${id.slice(0, MAX_ID_LENGTH)} does not exist`]);
      const { viewStartMs, viewEndMs } = view.record;
      return {
        data: foundToWire(view, environment),
        total_row_count: null,
        timeframe: [Math.floor(viewStartMs / 1_000), Math.ceil(viewEndMs / 1_000)] satisfies [number, number],
      };
    },
  );
}
