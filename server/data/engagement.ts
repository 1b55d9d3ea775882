import { type ZodType, z } from "zod";
import { isMediaId } from "../../domain/asset/media-id.ts";
import { keepMs, type Timeframe } from "../../domain/data-api/timeframe.ts";
import { ApiError } from "../../domain/errors.ts";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import {
  askPlayedMoments,
  askVideoLength,
  type PlayedMomentsRow,
  type VideoLengthRow,
} from "../../domain/metrics/ask/ask-engagement.ts";
import { askHasValue, type NamedDimension } from "../../domain/metrics/ask/ask-has-value.ts";
import { cellCount, type Heatmap, heatmapOf } from "../../domain/metrics/heatmap.ts";
import type { Scope } from "../../domain/metrics/scope.ts";
import type { Services } from "../http/services.ts";

/** Whose views are looked at. */
export interface EngagementSubject {
  dimension: NamedDimension;
  id: string;
}

export interface Environment {
  /** Internal, and public. */
  environmentId: EnvironmentId;
  environment: { id: string };
}

export interface Engagement extends Heatmap {
  /** Of the video, milliseconds; 0 where nobody played it in the range. */
  lengthMs: number;
}

const LengthRow: ZodType<VideoLengthRow> = z.object({ length_ms: z.number() });
const MomentsRow: ZodType<PlayedMomentsRow> = z.object({
  cell: z.number(),
  net: z.number(),
  offset: z.number(),
  views: z.number(),
});
const KnownRow = z.object({ known: z.number() });

/**
 * How often each part of a video was played by views that started in the range.
 *
 * @throws ApiError `not_found` for an id that the environment neither has nor saw
 */
export async function engagementOf(
  services: Pick<Services, "analytics" | "db">,
  { environmentId, environment }: Environment,
  subject: EngagementSubject,
  timeframe: Timeframe,
): Promise<Engagement> {
  const { analytics } = services;
  const scope = scopeOf(environmentId, subject, timeframe);
  const keep = keepMs(timeframe);
  const [found] = await analytics.ask(askVideoLength(scope), LengthRow, { name: "video length", keepMs: keep });
  const lengthMs = found?.length_ms ?? 0;
  if (lengthMs === 0) {
    await requireKnown(services, { environmentId, environment }, subject);
    return { ...heatmapOf([], 0), lengthMs };
  }
  const question = askPlayedMoments(scope, lengthMs, cellCount(lengthMs));
  const rows = await analytics.ask(question, MomentsRow, { name: "played moments", keepMs: keep });
  return { ...heatmapOf(rows, lengthMs), lengthMs };
}

function scopeOf(environmentId: EnvironmentId, { dimension, id }: EngagementSubject, timeframe: Timeframe): Scope {
  const filters = [{ dimension, operator: "is", values: [id], negated: false }] as const;
  return { environmentId, ...timeframe, filters, metricFilters: [], weighted: false, includeBots: false };
}

/** Whoever was never played may still be there: then nobody played it, which is an answer. */
async function requireKnown(
  { analytics, db }: Pick<Services, "analytics" | "db">,
  { environmentId, environment }: Environment,
  { dimension, id }: EngagementSubject,
): Promise<void> {
  const [seen] = await analytics.ask(askHasValue(environmentId, dimension, id), KnownRow, {
    ...{ name: "has value", keepMs: 0 },
  });
  if (seen?.known === 1 || (await isOurs(db, environment.id, { dimension, id }))) return;
  throw new ApiError("not_found", [notFound({ dimension, id: id.slice(0, 100) })]);
}

/** Assets and playback ids have resources of their own. */
async function isOurs(db: Services["db"], environmentId: string, { dimension, id }: EngagementSubject) {
  if (dimension === "video_id" || !isMediaId(id)) return false;
  const row = await db
    .selectFrom(dimension === "asset_id" ? "assets" : "playback_ids")
    .select("id")
    .where("environment_id", "=", environmentId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

function notFound({ dimension, id }: EngagementSubject): string {
  if (dimension === "video_id") return `No view of this environment had the video id ${id}`;
  const noun = dimension === "asset_id" ? "Asset" : "Playback id";
  return `${noun} ${id} does not exist, or does not belong to this environment`;
}
