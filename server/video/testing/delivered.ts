import type { DataServer } from "../../data/testing/data-server.ts";
import { applyOutcomeNow, caller, result } from "../../testing/video.ts";

/** A segment that was handed to a viewer. */
export interface Delivered {
  assetId: string;
  atMs: number;
  /** Of the rendition. */
  tier?: string;
  lengthMs?: number;
  segment?: number;
  /** Number of the environment. */
  environmentId?: number;
}

const HOUR_MS = 3_600_000;
const COLUMNS = [
  ...["environment_id", "hour", "asset_id", "session", "rendition", "plan_id", "segment", "playback_id", "tier"],
  ...["length_ms", "at"],
];

/** Writes rows of table `deliveries` as they are, without the collector. */
export async function storeDelivered(server: DataServer, rows: readonly Delivered[]): Promise<void> {
  const written = rows.map(({ assetId, atMs, tier = "720p", lengthMs = 4_000, segment = 0, environmentId = 1 }) => [
    ...[environmentId, new Date(Math.floor(atMs / HOUR_MS) * HOUR_MS), assetId, "session", tier, "plan", segment],
    ...["playback", tier, lengthMs, new Date(atMs)],
  ]);
  await server.clickhouse.client.insert("deliveries", COLUMNS, written);
}

/** An asset that is ready, 40.04 s long. */
export async function createReadyAsset(server: DataServer, authorization: string, body: object = {}): Promise<string> {
  const settings = { input: "https://example.com/film.mp4", ...body };
  const answer = await caller(server, authorization)("POST", "/video/v1/assets", settings);
  if (answer.statusCode !== 201) throw new Error(`an asset answered ${answer.statusCode}: ${answer.body}`);
  const { id } = answer.json().data;
  await applyOutcomeNow(server, result(server.environmentId, id));
  return id;
}
