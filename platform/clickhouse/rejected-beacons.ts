import { z } from "zod";
import {
  askRejectedCounts,
  askRejectedSamples,
  askViewsBefore,
  type RejectedPlace,
  type RejectedScope,
} from "../../domain/messages/ask-rejected.ts";
import type { ClickHouse } from "./clickhouse.ts";

const CountRow = z.object({ reason: z.string(), count: z.number(), samples: z.number(), newest_ms: z.number() });

const SampleRow = z.object({
  at_ms: z.number(),
  stage: z.string(),
  partition: z.number(),
  position: z.number(),
  item: z.number(),
  reason: z.string(),
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
  is_base64: z.number().transform(Boolean),
  body_bytes: z.number(),
  replayable: z.number().transform(Boolean),
});

/** One reason's events over a span. Reasons of later releases are possible. */
export type RejectedCount = z.output<typeof CountRow>;
/** A row of table `rejected_beacons` that holds a sample. */
export type StoredSample = z.output<typeof SampleRow>;

export function readRejectedCounts(clickhouse: ClickHouse, scope: RejectedScope): Promise<RejectedCount[]> {
  const { sql, params } = askRejectedCounts(scope);
  return clickhouse.query(sql, params, CountRow, { name: "rejected counts" });
}

/** Newest first, behind a place where one is given. */
export function readRejectedSamples(
  clickhouse: ClickHouse,
  scope: RejectedScope,
  list: { after: RejectedPlace | null; limit: number; replayableOnly?: boolean },
): Promise<StoredSample[]> {
  const { sql, params } = askRejectedSamples(scope, list);
  return clickhouse.query(sql, params, SampleRow, { name: "rejected samples" });
}

/** True if any of these views is stored and its last event arrived before that. */
export async function hasViewBefore(
  clickhouse: ClickHouse,
  views: { environmentIds: readonly number[]; viewIds: readonly string[]; beforeMs: number },
): Promise<boolean> {
  const { sql, params } = askViewsBefore(views);
  const rows = await clickhouse.query(sql, params, z.object({ view_id: z.string() }), { name: "views before" });
  return rows.length > 0;
}

export function placeOf({ at_ms, stage, partition, position, item }: StoredSample): RejectedPlace {
  return { atMs: at_ms, stage, partition, position, item };
}
