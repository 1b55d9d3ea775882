import { Lru } from "../platform/memory/lru.ts";
import { PostgresUnavailable } from "../platform/postgres/errors.ts";
import type { Postgres } from "../platform/postgres/pool.ts";
import { inTime } from "./in-time.ts";
import { unavailable } from "./playback-error.ts";

/** A playback id and the asset behind it, as `delivery_playback_ids` tells. */
export interface PlaybackFacts {
  policy: "public" | "signed";
  /** False once the id, its asset or its environment is deleted: for good. */
  isActive: boolean;
  /** Public id of the environment. */
  environment: string;
  assetId: string;
  status: "preparing" | "ready" | "errored";
  planId: string | null;
  title: string | null;
  /** In the order in which they were added. */
  textTracks: readonly TextTrack[];
}

/** A text track that can be shown. */
export interface TextTrack {
  id: string;
  /** Unique among the asset's. */
  name: string;
  /** BCP 47; `und` where nobody knows. */
  language: string;
  /** Also tells sounds, for those who do not hear them. */
  isClosedCaptions: boolean;
}

/** Null where there is no such id. Rejects with `PostgresUnavailable`. */
export type ReadPlaybackId = (playbackId: string) => Promise<PlaybackFacts | null>;

export interface PlaybackIds {
  /** Null where there is no such id. Rejects with a `PlaybackError` when that cannot be told now. */
  find(playbackId: string): Promise<PlaybackFacts | null>;
}

export interface PlaybackIdsOptions {
  read: ReadPlaybackId;
  nowMs: () => number;
  /** What is known is used although its time is over, because Postgres is away. */
  onStale?: () => void;
  /** How long a look-up may take where something is known to go on with, and where nothing is; shorter only in tests. */
  patienceMs?: { known: number; unknown: number };
}

/** A deleted id is dead within 10 s (docs/playback.md): half of it, the rest is for a slow look-up. */
const READY_MS = 5_000;
/** A new id plays at once, also where somebody asked for it before it was there. */
const ABSENT_MS = 1_000;
const NOT_READY_MS = 500;
const PATIENCE_MS = { known: 1_000, unknown: 3_000 };
/** Time without asking after Postgres was found away. */
const PAUSE_MS = 1_000;
/** With their text tracks, some 100 bytes each. Ids that do not exist have a place of their own, or guessing would push out those. */
const MAX_KNOWN = 100_000;
const MAX_ABSENT = 10_000;

interface Known {
  facts: PlaybackFacts | null;
  /** When the question was asked: the answer is not older. */
  askedAtMs: number;
}

export function createPlaybackIds(options: PlaybackIdsOptions): PlaybackIds {
  const { read, nowMs, onStale = () => undefined, patienceMs = PATIENCE_MS } = options;
  const existing = new Lru<Known>({ maxWeight: MAX_KNOWN, weigh: ({ facts }) => 1 + (facts?.textTracks.length ?? 0) });
  const absent = new Lru<Known>({ maxWeight: MAX_ABSENT });
  const asking = new Map<string, Promise<Known>>();
  let pausedUntilMs = Number.NEGATIVE_INFINITY;

  function ask(playbackId: string): Promise<Known> {
    const current = asking.get(playbackId);
    if (current !== undefined) return current;
    const askedAtMs = nowMs();
    const answer = read(playbackId)
      .then((facts): Known => {
        const known = { facts, askedAtMs };
        if (facts !== null) absent.delete(playbackId);
        (facts === null ? absent : existing).set(playbackId, known);
        return known;
      })
      .finally(() => asking.delete(playbackId));
    asking.set(playbackId, answer);
    return answer;
  }

  return {
    find: async (playbackId) => {
      const known = existing.get(playbackId) ?? absent.get(playbackId);
      if (known !== undefined && nowMs() - known.askedAtMs < lifeMs(known.facts)) return known.facts;
      const last = known?.facts ?? null;
      try {
        if (nowMs() < pausedUntilMs) throw new PostgresUnavailable("asked a moment ago");
        return (await inTime(ask(playbackId), last === null ? patienceMs.unknown : patienceMs.known)).facts;
      } catch (error) {
        if (!(error instanceof PostgresUnavailable)) throw error;
        if (nowMs() >= pausedUntilMs) pausedUntilMs = nowMs() + PAUSE_MS;
        if (last === null) throw unavailable("Whether this playback id exists cannot be told now", { cause: error });
        onStale();
        return last;
      }
    },
  };
}

function lifeMs(facts: PlaybackFacts | null): number {
  if (facts === null || !facts.isActive) return ABSENT_MS;
  return facts.status === "ready" ? READY_MS : NOT_READY_MS;
}

export function readPlaybackIdsFrom(postgres: Postgres): ReadPlaybackId {
  return async (playbackId) => {
    const row = await postgres
      .selectFrom("delivery_playback_ids")
      .select(["policy", "active", "environment_id", "asset_id", "status", "plan_id", "title"])
      .where("playback_id", "=", playbackId)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      policy: row.policy,
      isActive: row.active,
      environment: row.environment_id,
      assetId: row.asset_id,
      status: row.status,
      planId: row.plan_id,
      title: row.title === "" ? null : row.title,
      textTracks: row.status === "ready" ? await readTextTracks(postgres, row.environment_id, row.asset_id) : [],
    };
  };
}

async function readTextTracks(postgres: Postgres, environment: string, assetId: string): Promise<TextTrack[]> {
  const rows = await postgres
    .selectFrom("delivery_text_tracks")
    .select(["track_id", "name", "language_code", "closed_captions"])
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .orderBy("created_at")
    .orderBy("track_id")
    .execute();
  return rows.map(({ track_id, name, language_code, closed_captions }) => {
    return {
      id: track_id,
      name: name ?? track_id,
      language: language_code ?? "und",
      isClosedCaptions: closed_captions,
    };
  });
}
