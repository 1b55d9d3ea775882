import type { Postgres } from "../platform/postgres/pool.ts";
import { createRememberedRows, type RememberedRows, type RememberedRowsOptions } from "./remembered-rows.ts";

/** A playback id and the asset behind it, as `delivery_playback_ids` tells. */
export interface PlaybackFacts {
  policy: "public" | "signed";
  /** False once the id, its asset or its environment is deleted: for good. */
  isActive: boolean;
  /** Public id of the environment. */
  environment: string;
  /** Its number, by which the analytics store knows it. */
  environmentNumber: number;
  assetId: string;
  status: "preparing" | "ready" | "errored";
  planId: string | null;
  title: string | null;
  /** Where a thumbnail is taken from that names no time; null: the middle. */
  thumbnailSeconds: number | null;
  /** In the order in which they were added. */
  textTracks: readonly TextTrack[];
  /** Sounds that were added by URL, in the same order. */
  soundTracks: readonly AddedSound[];
}

/** A sound that was added by URL and can be heard. */
export interface AddedSound {
  id: string;
  /** Unique among those that were added. */
  name: string;
  /** BCP 47. */
  language: string;
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

export type PlaybackIds = RememberedRows<PlaybackFacts>;

export type PlaybackIdsOptions = Omit<RememberedRowsOptions<PlaybackFacts>, "lifeMs" | "unknown">;

/** A deleted id is dead within 10 s (docs/playback.md): half of it, the rest is for a slow look-up. */
const READY_MS = 5_000;
/** A new id plays at once, also where somebody asked for it before it was there. */
const ABSENT_MS = 1_000;
const NOT_READY_MS = 500;

export function createPlaybackIds(options: PlaybackIdsOptions): PlaybackIds {
  const weigh = ({ textTracks, soundTracks }: PlaybackFacts): number => 1 + textTracks.length + soundTracks.length;
  return createRememberedRows({
    ...options,
    lifeMs,
    weigh,
    unknown: "Whether this playback id exists cannot be told now",
  });
}

function lifeMs(facts: PlaybackFacts | null): number {
  if (facts === null || !facts.isActive) return ABSENT_MS;
  return facts.status === "ready" ? READY_MS : NOT_READY_MS;
}

export function readPlaybackIdsFrom(postgres: Postgres): ReadPlaybackId {
  return async (playbackId) => {
    const row = await postgres
      .selectFrom("delivery_playback_ids as p")
      .innerJoin("delivery_environments as e", "e.environment_id", "p.environment_id")
      .leftJoin("delivery_thumbnail_times as t", (join) =>
        join.onRef("t.environment_id", "=", "p.environment_id").onRef("t.asset_id", "=", "p.asset_id"),
      )
      .select([
        "p.policy",
        "p.active",
        "p.environment_id",
        "e.number",
        "p.asset_id",
        "p.status",
        "p.plan_id",
        "p.title",
        "t.thumbnail_seconds",
      ])
      .where("p.playback_id", "=", playbackId)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      policy: row.policy,
      isActive: row.active,
      environment: row.environment_id,
      environmentNumber: row.number,
      assetId: row.asset_id,
      status: row.status,
      planId: row.plan_id,
      title: row.title === "" ? null : row.title,
      thumbnailSeconds: row.thumbnail_seconds,
      textTracks: row.status === "ready" ? await readTextTracks(postgres, row.environment_id, row.asset_id) : [],
      soundTracks: row.status === "ready" ? await readSoundTracks(postgres, row.environment_id, row.asset_id) : [],
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

async function readSoundTracks(postgres: Postgres, environment: string, assetId: string): Promise<AddedSound[]> {
  const rows = await postgres
    .selectFrom("delivery_sound_tracks")
    .select(["track_id", "name", "language_code"])
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .orderBy("created_at")
    .orderBy("track_id")
    .execute();
  return rows.map(({ track_id, name, language_code }) => {
    return { id: track_id, name: name ?? track_id, language: language_code ?? "und" };
  });
}
