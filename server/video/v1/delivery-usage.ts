import { z } from "zod";
import { isMediaId } from "../../../domain/asset/media-id.ts";
import { ENCODING_TIERS, VIDEO_QUALITIES } from "../../../domain/asset/settings-wire.ts";
import { parseTimeframe, type Timeframe } from "../../../domain/data-api/timeframe.ts";
import { ApiError } from "../../../domain/errors.ts";
import { defaultUsageWindow } from "../../../domain/usage/usage-days.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import { TimeframeWire } from "../../data/v1/answers.ts";
import { gatherLists, listParam } from "../../data/v1/list-params.ts";
import { timeframeWire } from "../../data/v1/scope-query.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import { PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";
import { searched } from "../../http/text.ts";
import { unixSeconds } from "../../http/unix-seconds.ts";
import { type DeliveryReport, deliveryReports, encodingTierOf, stateOf, USAGE_TIERS } from "../delivery-reports.ts";

const KEEP_MS = 5_000;

const Query = PageQuery.extend({
  limit: PageQuery.shape.limit.unwrap().default(100),
  asset_id: searched(z.string().max(255)).describe("Only what was delivered of this asset"),
  live_stream_id: searched(z.string().max(255)).describe("Only assets of this live stream, of which there are none"),
  "timeframe[]": listParam(
    "Two Unix times in seconds: hours that begin between them; the hour that ended 12 hours ago if left out",
  ),
});

const seconds = z.number().optional();
const ReportWire = z.object({
  asset_id: z.string(),
  passthrough: z.string().optional(),
  created_at: z.string().describe("Unix seconds"),
  deleted_at: z.string().optional().describe("Unix seconds"),
  asset_state: z.enum(["ready", "deleted"]),
  asset_duration: z.number().describe("Seconds"),
  asset_resolution_tier: z.enum(["audio-only", "720p", "1080p", "1440p", "2160p"]),
  asset_video_quality: z.enum(VIDEO_QUALITIES),
  asset_encoding_tier: z.enum(ENCODING_TIERS),
  delivered_seconds: z.number(),
  delivered_seconds_by_resolution: z
    .object({
      ...{ tier_audio_only: seconds, tier_720p: seconds, tier_1080p: seconds },
      ...{ tier_1440p: seconds, tier_2160p: seconds },
    })
    .describe("By tier of what was sent; those with nothing are left out"),
});

/** GET /video/v1/delivery-usage (reference video-api.md §6): what docs/decisions/usage.md counts, by asset, most first. */
export function deliveryUsageRoute(app: App, services: Services): void {
  app.get(
    "/video/v1/delivery-usage",
    {
      onRequest: allow(services, "video:read"),
      preValidation: gatherLists,
      schema: {
        tags: ["Delivery usage"],
        security: [{ accessToken: [] }],
        summary: "List what was delivered of each asset, most first",
        description: "Whole hours, told as soon as they are stored, which takes seconds.",
        querystring: Query,
        response: {
          ...REFUSALS,
          200: z.object({
            data: z.array(ReportWire),
            timeframe: TimeframeWire,
            page: z.number(),
            limit: z.number(),
          }),
        },
      },
    },
    async (request) => {
      const { page, limit, asset_id: assetId, live_stream_id: liveStreamId } = request.query;
      const timeframe = timeframeOf(request.query["timeframe[]"], services.now());
      if (assetId !== undefined && liveStreamId !== undefined)
        throw new ApiError("invalid_parameters", ["live_stream_id: give either asset_id or live_stream_id, not both"]);
      const answer = { timeframe: timeframeWire(timeframe), page, limit };
      const isOfNone = liveStreamId !== undefined || (assetId !== undefined && !isMediaId(assetId));
      if (isOfNone) return { data: [], ...answer };
      const { environmentId, environment } = callerOf(request);
      const { reports } = await deliveryReports(services, request.log, {
        environment: environment.id,
        scope: { environmentId, ...timeframe, assetId: assetId ?? null },
        page: { limit, offset: (page - 1) * limit },
        keepMs: KEEP_MS,
      });
      return { data: reports.map(reportToWire), ...answer };
    },
  );
}

function timeframeOf(values: readonly string[], nowMs: number): Timeframe {
  return values.length === 0 ? defaultUsageWindow(nowMs) : parseTimeframe(values, nowMs);
}

function reportToWire({ asset, usage }: DeliveryReport): z.output<typeof ReportWire> {
  const tiers = USAGE_TIERS.filter((tier) => usage[tier] > 0).map((tier) => [tier, usage[tier]]);
  return ReportWire.parse({
    asset_id: asset.id,
    ...(asset.passthrough !== null && { passthrough: asset.passthrough }),
    created_at: unixSeconds(asset.created_at),
    ...(asset.deleted_at !== null && { deleted_at: unixSeconds(asset.deleted_at) }),
    asset_state: stateOf(asset),
    asset_duration: asset.duration_seconds,
    asset_resolution_tier: asset.resolution_tier,
    asset_video_quality: asset.video_quality,
    asset_encoding_tier: encodingTierOf(asset),
    delivered_seconds: usage.delivered_seconds,
    delivered_seconds_by_resolution: Object.fromEntries(tiers),
  });
}
