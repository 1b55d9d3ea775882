import { isEnvironmentId } from "../../domain/identifiers.ts";
import type { NamedAsset } from "../../domain/view/named-asset.ts";
import { Lru } from "../../platform/memory/lru.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import type { EdgeEnvironment } from "./environments.ts";
import { gatherReads } from "./gather-reads.ts";

/** Whose a playback id is, deleted ones included: somebody may still be watching. */
export interface PlaybackOwner {
  environment: EdgeEnvironment;
  asset: Omit<NamedAsset, "sequence">;
}

/** The owners of these ids; ids of nobody are left out. */
export type ReadOwners = (playbackIds: readonly string[]) => Promise<ReadonlyMap<string, PlaybackOwner>>;

/** Which environment and asset a playback id belongs to, answered from memory once it was asked. */
export interface PlaybackOwners {
  /** Null for nobody's id; undefined when it has to be asked first, or cannot be told now. */
  find(playbackId: string): PlaybackOwner | null | undefined;
  /**
   * The same where only a title depends on it, so that an older "nobody's" will do: other people's video ids may look like
   * playback ids, and their beacons must not wait for Postgres time and again.
   */
  findAsset(playbackId: string): PlaybackOwner | null | undefined;
  /** Resolves when `find` knows these ids, or when that cannot be told now. Never rejects. */
  load(playbackIds: readonly string[]): Promise<void>;
}

interface Known {
  owner: PlaybackOwner;
  /** When it is worth asking again. */
  staleAtMs: number;
}

/** A title or a retention that was changed shows after this time. What is known goes on meanwhile, and without Postgres. */
const FRESH_MS = 60_000;
/** A new asset's first viewer is not far behind it. */
const NOBODYS_MS = 2_000;
const NOBODYS_ASSET_MS = 60_000;
/** About 400 bytes each. Ids of nobody have a place of their own, or guessing would push out what exists. */
const MAX_OWNED = 50_000;
const MAX_NOBODYS = 20_000;

export interface PlaybackOwnersOptions {
  read: ReadOwners;
  /** Milliseconds since some moment, whatever the clock is set to. */
  elapsedMs: () => number;
  log: Logger;
  patienceMs?: number;
}

export function createPlaybackOwners({ read, elapsedMs, log, ...options }: PlaybackOwnersOptions): PlaybackOwners {
  const owned = new Lru<Known>({ maxWeight: MAX_OWNED });
  const nobodysSinceMs = new Lru<number>({ maxWeight: MAX_NOBODYS });
  const ask = gatherReads({
    read,
    elapsedMs,
    onFailure: (err) => log.warn({ err, known: owned.weight }, "cannot read playback ids, going on with those known"),
    ...options,
  });

  async function load(playbackIds: readonly string[]): Promise<void> {
    const found = await ask(playbackIds);
    if (found === null) return;
    for (const playbackId of playbackIds) {
      const owner = found.get(playbackId);
      if (owner !== undefined) {
        owned.set(playbackId, { owner, staleAtMs: elapsedMs() + FRESH_MS });
        nobodysSinceMs.delete(playbackId);
      } else {
        owned.delete(playbackId);
        nobodysSinceMs.set(playbackId, elapsedMs());
      }
    }
  }

  function find(playbackId: string, nobodysMs: number): PlaybackOwner | null | undefined {
    const known = owned.get(playbackId);
    if (known === undefined) {
      const sinceMs = nobodysSinceMs.get(playbackId) ?? Number.NEGATIVE_INFINITY;
      return elapsedMs() - sinceMs < nobodysMs ? null : undefined;
    }
    if (elapsedMs() >= known.staleAtMs) {
      known.staleAtMs = elapsedMs() + FRESH_MS; // one question, whatever comes of it
      load([playbackId]);
    }
    return known.owner;
  }

  return {
    load,
    find: (playbackId) => find(playbackId, NOBODYS_MS),
    findAsset: (playbackId) => find(playbackId, NOBODYS_ASSET_MS),
  };
}

export function readOwnersFrom(postgres: Postgres): ReadOwners {
  return async (playbackIds) => {
    const rows = await postgres
      .selectFrom("collector_playback_ids")
      .select(["playback_id", "environment_number", "environment_id", "retention_days"])
      .select(["asset_id", "title", "external_id", "creator_id"])
      .where("playback_id", "=", (eb) => eb.fn.any(eb.val([...playbackIds])))
      .where("active", "=", true)
      .execute();
    return new Map(
      rows.map((row) => {
        const environmentId = Number(row.environment_number);
        if (!isEnvironmentId(environmentId)) throw new Error(`environment ${row.environment_id} has no usable number`);
        const environment = { environmentId, retentionDays: row.retention_days };
        return [row.playback_id, { environment, asset: assetOf(row) }];
      }),
    );
  };
}

type AssetRow = Pick<Row<"collector_playback_ids">, "asset_id" | "title" | "external_id" | "creator_id">;

function assetOf(row: AssetRow): PlaybackOwner["asset"] {
  const asset: PlaybackOwner["asset"] = { assetId: row.asset_id, title: row.title ?? "" };
  if (row.external_id !== null) asset.externalId = row.external_id;
  if (row.creator_id !== null) asset.creatorId = row.creator_id;
  return asset;
}
