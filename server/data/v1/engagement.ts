import { z } from "zod";
import { parseTimeframe } from "../../../domain/data-api/timeframe.ts";
import type { NamedDimension } from "../../../domain/metrics/ask/ask-has-value.ts";
import { hotspotsOf } from "../../../domain/metrics/hotspots.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { engagementOf } from "../engagement.ts";
import { TimeframeWire } from "./answers.ts";
import { gatherLists } from "./list-params.ts";
import { DirectionQuery } from "./page-query.ts";
import { TimeframeQuery, timeframeWire } from "./scope-query.ts";

/** What of videos paths name, and the dimension of views that it is; both shapes of answers name it so too. */
const SUBJECTS: readonly { path: string; noun: string; dimension: NamedDimension }[] = [
  { path: "assets", noun: "an asset", dimension: "asset_id" },
  { path: "videos", noun: "a video", dimension: "video_id" },
  { path: "playback-ids", noun: "a playback id", dimension: "playback_id" },
];

const common = { tags: ["Engagement"], security: [{ accessToken: [] }] };

/** /data/v1/engagement: which parts of a video are watched (reference data-api.md §2, rows 34, 35, and §9.3). */
export function engagementRoutes(app: App, services: Services): void {
  for (const subject of SUBJECTS) {
    heatmapRoute(app, services, subject);
    hotspotsRoute(app, services, subject);
  }
}

type Subject = (typeof SUBJECTS)[number];

/** Something under the name of one of the dimensions, and nothing under the others. */
function named<T>({ dimension }: Subject, value: T): Partial<Record<NamedDimension, T>> {
  return { [dimension]: value };
}

/** An answer about a subject. */
function answerOf<Shape extends z.ZodRawShape>(subject: Subject, data: Shape) {
  return z.object({
    data: z.object({ ...named(subject, z.string().describe("Ours: the id that was asked")), ...data }),
    total_row_count: z.null(),
    timeframe: TimeframeWire,
  });
}

const totalViews = z.number().describe("Views that played some of it and told which parts");

function heatmapRoute(app: App, services: Services, subject: Subject): void {
  const { path, noun, dimension } = subject;
  const Wire = answerOf(subject, {
    value: z
      .array(z.number())
      .describe("How often each part was played, from start to end: 10 to 1,000 equal parts, none under a second"),
    heatmap: z.array(z.number()).length(100).describe("The same for each hundredth, as older clients read it"),
    total_views: totalViews,
  });
  app.get(
    `/data/v1/engagement/${path}/:${dimension}/heatmap`,
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...common,
        summary: `How often each part of ${noun} was played`,
        params: z.object({ [dimension]: z.string() }),
        querystring: TimeframeQuery,
        response: { ...REFUSALS, 200: Wire },
      },
    },
    async (request) => {
      const id = request.params[dimension] ?? "";
      const timeframe = parseTimeframe(request.query["timeframe[]"], services.now());
      const found = await engagementOf(services, callerOf(request), { dimension, id }, timeframe);
      const { times: value, hundredths: heatmap, views: total_views } = found;
      return {
        data: { ...named(subject, id), value, heatmap, total_views },
        total_row_count: null,
        timeframe: timeframeWire(timeframe),
      };
    },
  );
}

const HotspotWire = z.object({
  start_ms: z.number().int().describe("Milliseconds from the beginning"),
  end_ms: z.number().int().describe("Exclusive"),
  score: z.number().describe("0..1: the share of the video that was played less, by half what was played as often"),
});

const HotspotsQuery = TimeframeQuery.extend({
  limit: z.coerce.number().int().min(1).max(1_000).optional().describe("At most so many; all if left out"),
  order_by: z.enum(["score"]).default("score"),
  order_direction: DirectionQuery.default("desc").describe("desc: what was played most; asc: what was left out most"),
});

function hotspotsRoute(app: App, services: Services, subject: Subject): void {
  const { path, noun, dimension } = subject;
  app.get(
    `/data/v1/engagement/${path}/:${dimension}/hotspots`,
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...common,
        summary: `The most or the least played moments of ${noun}`,
        params: z.object({ [dimension]: z.string() }),
        querystring: HotspotsQuery,
        response: {
          ...REFUSALS,
          200: answerOf(subject, { hotspots: z.array(HotspotWire), total_views: totalViews }),
        },
      },
    },
    async (request) => {
      const id = request.params[dimension] ?? "";
      const { limit, order_direction } = request.query;
      const timeframe = parseTimeframe(request.query["timeframe[]"], services.now());
      const found = await engagementOf(services, callerOf(request), { dimension, id }, timeframe);
      const spots = hotspotsOf(found.times, found.lengthMs, order_direction).slice(0, limit);
      const hotspots = spots.map(({ startMs, endMs, score }) => ({ start_ms: startMs, end_ms: endMs, score }));
      return {
        data: { ...named(subject, id), hotspots, total_views: found.views },
        total_row_count: null,
        timeframe: timeframeWire(timeframe),
      };
    },
  );
}
