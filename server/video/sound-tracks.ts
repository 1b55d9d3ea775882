import { z } from "zod";
import { MAX_SOUND_TRACKS, renamedSounds, type SoundInput } from "../../domain/asset/sound-input.ts";
import { trackName } from "../../domain/asset/text-input.ts";
import { READ_SOUND_TASK, soundQueue, type TextTrackJob } from "../../domain/asset/text-track.ts";
import { ApiError } from "../../domain/errors.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { type AssetRecord, requireReadyAsset, type TrackRow } from "./assets.ts";
import { requireFreeName, tellCreated, tellTrack, trackNames } from "./text-tracks.ts";

/** Of an asset, as `AssetSettings.kept` has them. */
const Settings = z.object({
  inputs: z.array(z.looseObject({ type: z.string().optional(), name: z.string().optional() })).default([]),
});

interface Owner {
  environmentId: string;
  assetId: string;
}

/** Sounds that were added by URL; those of the asset's own file have none. */
export function addedSounds({ tracks }: Pick<AssetRecord, "tracks">): TrackRow[] {
  return tracks.filter(({ type, source_url }) => type === "audio" && source_url !== null);
}

/** The tracks, preparing. Nothing is read before the asset is ready: {@link readSoundTracks}. */
export async function insertSoundTracks(
  transaction: PostgresTransaction,
  { newId, now }: Pick<Services, "newId" | "now">,
  { environmentId, assetId }: Owner,
  sounds: readonly SoundInput[],
): Promise<TrackRow[]> {
  const taken = new Set(sounds.flatMap(({ name }) => name ?? []));
  const made: TrackRow[] = [];
  for (const { url, languageCode, name: given, passthrough } of sounds) {
    const name = given ?? trackName(languageCode, taken);
    taken.add(name);
    const created_at = new Date(now() + made.length); // lists are in this order: a millisecond apart
    const track = await transaction
      .insertInto("tracks")
      .values({
        ...{ environment_id: environmentId, asset_id: assetId, id: newId(), type: "audio", status: "preparing" },
        ...{ language_code: languageCode, name, passthrough, source_url: url, created_at },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    made.push(track);
  }
  return made;
}

/**
 * Has sounds that were called by their language make room for the file's own of that name, which is known now.
 *
 * @param own what the file's own sounds are called
 */
export async function renameSoundTracks(
  transaction: PostgresTransaction,
  asset: AssetRecord,
  own: ReadonlySet<string>,
): Promise<void> {
  const { inputs } = Settings.parse(asset.settings);
  const given = new Set(inputs.flatMap(({ type, name = "" }) => (type === "audio" ? [name] : [])));
  const added = addedSounds(asset).map(({ id, name, language_code }) => {
    return { id, name: name ?? "", languageCode: language_code ?? "und" };
  });
  for (const [id, name] of renamedSounds(added, { own, given })) {
    await transaction
      .updateTable("tracks")
      .set({ name })
      .where("environment_id", "=", asset.environment_id)
      .where("id", "=", id)
      .execute();
  }
}

/** Has those read that are not yet; the asset is ready. */
export async function readSoundTracks(transaction: PostgresTransaction, tracks: readonly TrackRow[]): Promise<void> {
  for (const { environment_id: environment, asset_id: assetId, id: trackId, status } of tracks) {
    if (status !== "preparing") continue;
    const payload: TextTrackJob = { environment, assetId, trackId };
    const key = `${READ_SOUND_TASK}:${trackId}`;
    await addJob(transaction, { task: READ_SOUND_TASK, payload, key, queue: soundQueue(payload) });
  }
}

/** Nothing will be read any more: the asset cannot be played. */
export async function failSoundTracks(
  transaction: PostgresTransaction,
  tracks: readonly TrackRow[],
  nowMs: number,
): Promise<void> {
  const error = { type: "invalid_input", messages: ["The asset that the track belongs to cannot be played."] };
  for (const { environment_id, id } of tracks) {
    const failed = await transaction
      .updateTable("tracks")
      .set({ status: "errored", error: JSON.stringify(error) })
      .where("environment_id", "=", environment_id)
      .where("id", "=", id)
      .where("status", "=", "preparing")
      .returningAll()
      .executeTakeFirst();
    if (failed !== undefined) await tellTrack(transaction, "errored", failed, nowMs);
  }
}

/** Adds a sound to an asset that is ready. 404 when there is no such asset, 400 where it cannot have the track. */
export async function addSoundTrack(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  owner: Owner,
  sound: SoundInput,
): Promise<TrackRow> {
  const asset = await requireReadyAsset(transaction, owner.environmentId, owner.assetId);
  if (addedSounds(asset).length >= MAX_SOUND_TRACKS)
    throw new ApiError("invalid_parameters", [`The asset has ${MAX_SOUND_TRACKS} added sounds: delete one before`]);
  const names = trackNames(asset, "audio");
  requireFreeName(sound.name, names);
  const named = { ...sound, name: sound.name ?? trackName(sound.languageCode, names) };
  const [track] = await insertSoundTracks(transaction, services, owner, [named]);
  if (track === undefined) throw new Error("no track was made");
  await tellCreated(transaction, track, services.now());
  await readSoundTracks(transaction, [track]);
  return track;
}
