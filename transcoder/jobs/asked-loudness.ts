import { normalisingGain } from "../../domain/media/loudness.ts";
import type { AssetRef } from "../../domain/media/object-keys.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { FfmpegError, type FfmpegTools } from "../ffmpeg.ts";
import { measureLoudness } from "../probe/measure-loudness.ts";
import type { PlannedSound } from "../source/sound-source.ts";
import { MediaError } from "./media-error.ts";

interface Parts {
  db: Postgres;
  objects: Objects;
  tools: FfmpegTools;
}

/**
 * Gives each sound its gain where the asset is to be normalised. The asset waits for this: the gain is part of the plan, since
 * another one would change bytes. An hour takes some nine seconds. Rejects with MediaError where a sound cannot be decoded.
 */
export async function asLoudAsAsked(
  { db, objects, tools }: Parts,
  ref: AssetRef,
  sourceKey: string,
  sounds: readonly PlannedSound[],
  signal: AbortSignal,
): Promise<readonly PlannedSound[]> {
  if (!(await isAsked(db, ref))) return sounds;
  const measured: PlannedSound[] = [];
  for (const sound of sounds) {
    const loudness = await measureLoudness(tools, objects, sourceKey, sound, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!(error instanceof FfmpegError) || error.reason !== "exit") throw error;
      return null;
    });
    if (loudness === null) throw new MediaError("invalid_input", "The file's sound is damaged: it cannot be decoded.");
    measured.push({ ...sound, gainDb: normalisingGain(loudness) });
  }
  return measured;
}

async function isAsked(db: Postgres, { environment, assetId }: AssetRef): Promise<boolean> {
  const row = await db
    .selectFrom("transcoder_sound_settings")
    .select("normalize_audio")
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .executeTakeFirst();
  return row?.normalize_audio === true;
}
