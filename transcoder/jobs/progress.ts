import type { AssetRef } from "../../domain/media/object-keys.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";

/** Told at most this often. */
const EVERY_MS = 500;

export interface Progress {
  /** Share done, 0 to 1. */
  set(doneRatio: number): void;
  /** Resolves when what was set last is written. */
  settled(): Promise<void>;
}

/** How far an asset's standardising is, for people who watch. A failure to write it stops nothing. */
export function progressOf(db: Postgres, { environment, assetId }: AssetRef, log: Logger): Progress {
  let writing: Promise<void> = Promise.resolve();
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return {
    set: (doneRatio) => {
      const nowMs = performance.now();
      if (nowMs - writtenAtMs < EVERY_MS) return;
      writtenAtMs = nowMs;
      const progress = Math.round(Math.min(1, Math.max(0, doneRatio)) * 10_000) / 100;
      writing = writing
        .then(() => write(db, environment, assetId, progress))
        .catch((error: unknown) => log.warn({ err: error, assetId }, "progress not written"));
    },
    settled: () => writing,
  };
}

async function write(db: Postgres, environment: string, assetId: string, progress: number): Promise<void> {
  const row = { state: "transcoding" as const, progress, updated_at: new Date() };
  await db
    .insertInto("asset_progress")
    .values({ environment_id: environment, asset_id: assetId, ...row })
    .onConflict((conflict) => conflict.columns(["environment_id", "asset_id"]).doUpdateSet(row))
    .execute();
}
