import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";
import type { RejectedPlace } from "../../domain/messages/ask-rejected.ts";
import {
  isRejectionReason,
  REJECTION_REASONS,
  type RejectionReason,
  type RejectionText,
} from "../../domain/messages/rejection-reasons.ts";
import {
  placeOf,
  type RejectedCount,
  readRejectedCounts,
  readRejectedSamples,
  type StoredSample,
} from "../../platform/clickhouse/rejected-beacons.ts";
import { requireSession } from "../auth/session-guard.ts";
import type { App } from "../http/app.ts";
import type { Services } from "../http/services.ts";
import { requireEnvironment } from "./environments.ts";

const Params = z.object({ id: z.string() });

const REASONS = Object.keys(REJECTION_REASONS) as [RejectionReason, ...RejectionReason[]];
const DAY_MS = 86_400_000;
/** As long as they are kept. */
const MAX_SPAN_MS = 7 * DAY_MS;

const Query = z.object({
  reason: z.enum(REASONS).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().optional(),
});

const CountWire = z.object({
  reason: z.string(),
  /** What is wrong, and how to mend it. */
  wrong: z.string(),
  remedy: z.string(),
  /** Exact, however few samples there are. */
  events: z.number(),
  samples: z.number(),
  newest_at: z.iso.datetime(),
});

const SampleWire = z.object({
  at: z.iso.datetime(),
  reason: z.string(),
  /** `edge`, or `views` for what was acknowledged but not folded. */
  stage: z.string(),
  env_key: z.string(),
  viewer_address: z.string(),
  user_agent: z.string(),
  referrer: z.string(),
  host: z.string(),
  path: z.string(),
  content_type: z.string(),
  content_encoding: z.string(),
  event: z.string(),
  body: z.string(),
  is_base64: z.boolean(),
  body_bytes: z.number(),
  replayable: z.boolean(),
});

const RejectedWire = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  counts: z.array(CountWire),
  samples: z.array(SampleWire),
  next_cursor: z.string().nullable(),
});

/**
 * GET /dashboard/v1/environments/{id}/rejected-beacons: what of the environment's beacons was not taken in [from, to), the
 * last day unless told otherwise; counts by reason, and samples, newest first. What belongs to no environment is nobody's to
 * see here: scripts/rejected.ts shows it to who runs the installation.
 */
export function rejectedRoutes(app: App, services: Services): void {
  app.get(
    "/dashboard/v1/environments/:id/rejected-beacons",
    { schema: { hide: true, params: Params, querystring: Query, response: { 200: RejectedWire } } },
    async (request) => {
      const { person } = await requireSession(services, request);
      const { number } = await requireEnvironment(services.db, person.id, request.params.id);
      const { limit, cursor, reason = null } = request.query;
      const scope = { environmentId: number, reason, ...spanOf(request.query, services.now()) };
      const after = cursor === undefined ? null : decodePlace(cursor);
      const [counts, samples] = await Promise.all([
        readRejectedCounts(services.clickhouse, scope),
        readRejectedSamples(services.clickhouse, scope, { after, limit: limit + 1 }),
      ]);
      const page = samples.slice(0, limit);
      const last = samples.length > limit ? page.at(-1) : undefined;
      return {
        from: new Date(scope.fromMs).toISOString(),
        to: new Date(scope.toMs).toISOString(),
        counts: counts.map(countToWire),
        samples: page.map(sampleToWire),
        next_cursor: last === undefined ? null : encodePlace(placeOf(last)),
      };
    },
  );
}

function spanOf(query: z.output<typeof Query>, nowMs: number): { fromMs: number; toMs: number } {
  const toMs = query.to === undefined ? nowMs : Date.parse(query.to);
  const fromMs = query.from === undefined ? toMs - DAY_MS : Date.parse(query.from);
  if (fromMs >= toMs) throw new ApiError("invalid_parameters", ["from: is not before to"]);
  if (toMs - fromMs > MAX_SPAN_MS) throw new ApiError("invalid_parameters", ["from: is more than 7 days before to"]);
  return { fromMs, toMs };
}

function countToWire({ reason, count, samples, newest_ms }: RejectedCount): z.input<typeof CountWire> {
  const { wrong, remedy }: RejectionText = isRejectionReason(reason)
    ? REJECTION_REASONS[reason]
    : { wrong: "", remedy: "" }; // of a later release
  return { reason, wrong, remedy, events: count, samples, newest_at: new Date(newest_ms).toISOString() };
}

function sampleToWire({ at_ms, ...sample }: StoredSample): z.input<typeof SampleWire> {
  return { ...sample, at: new Date(at_ms).toISOString() };
}

const PLACE = /^(\d{1,15})\.([a-z]{1,10})\.(\d{1,5})\.(\d{1,16})\.(\d{1,10})$/;

function encodePlace({ atMs, stage, partition, position, item }: RejectedPlace): string {
  return Buffer.from([atMs, stage, partition, position, item].join(".")).toString("base64url");
}

function decodePlace(cursor: string): RejectedPlace {
  const [, atMs, stage = "", partition, position, item] = PLACE.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  if (atMs === undefined)
    throw new ApiError("invalid_parameters", ["cursor: is none of those given out as next_cursor"]);
  return {
    atMs: Number(atMs),
    stage,
    partition: Number(partition),
    position: Number(position),
    item: Number(item),
  };
}
