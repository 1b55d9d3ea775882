import { AUTO_LANGUAGE, type GeneratedInput, SPOKEN_LANGUAGE } from "../../domain/asset/generated-text.ts";
import { isMediaId } from "../../domain/asset/media-id.ts";
import { trackName } from "../../domain/asset/text-input.ts";
import { type TextTrackJob, TRANSCRIBE_TASK, type TrackError } from "../../domain/asset/text-track.ts";
import { ApiError } from "../../domain/errors.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { lockAsset, requireAsset, type TrackRow } from "./assets.ts";
import { endTrack, insertTextTrack, requireRoom, tellCreated, trackNames } from "./text-tracks.ts";

/** The recogniser may be on its way from a registry; after that, trying again helps nobody. */
const ATTEMPTS = 6;

interface NewGenerated {
  environmentId: string;
  assetId: string;
  wanted: readonly GeneratedInput[];
  /** Names of the asset's other text tracks. */
  taken: ReadonlySet<string>;
  /** The sound that is to be written down; null: the one that players begin with. */
  ofTrackId: string | null;
}

/** Tracks that prepare until somebody writes down what is said. Nothing begins before {@link transcribeSoon}. */
export async function insertGeneratedTracks(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  { environmentId, assetId, wanted, taken, ofTrackId }: NewGenerated,
): Promise<TrackRow[]> {
  const names = new Set([...taken, ...wanted.flatMap(({ name }) => name ?? [])]);
  const made: TrackRow[] = [];
  for (const { languageCode, name: given, passthrough } of wanted) {
    const name = given ?? trackName(languageCode === AUTO_LANGUAGE ? SPOKEN_LANGUAGE : languageCode, names);
    names.add(name);
    const at = services.now() + taken.size + made.length; // behind the others, in this order: a millisecond apart
    const facts = { language_code: languageCode, name, passthrough };
    const source = { text_source: "generated_vod" as const, of_track_id: ofTrackId };
    const owner = { environment_id: environmentId, asset_id: assetId, id: services.newId() };
    made.push(await insertTextTrack(transaction, { ...owner, ...facts, ...source, created_at: new Date(at) }));
  }
  return made;
}

/** Has those of an asset's tracks written down that wait for it; the asset is ready. One film of an environment at a time. */
export async function transcribeSoon(transaction: PostgresTransaction, tracks: readonly TrackRow[]): Promise<void> {
  for (const { environment_id: environment, asset_id: assetId, id: trackId } of tracks.filter(isWaiting)) {
    const payload: TextTrackJob = { environment, assetId, trackId };
    const key = `${TRANSCRIBE_TASK}:${trackId}`;
    const queue = `${TRANSCRIBE_TASK}:${environment}`;
    await addJob(transaction, { task: TRANSCRIBE_TASK, payload, key, queue, maxAttempts: ATTEMPTS });
  }
}

/** Ends those that wait: the asset cannot be played, so nothing is heard of it. */
export async function failGeneratedTracks(
  transaction: PostgresTransaction,
  { now }: Pick<Services, "now">,
  tracks: readonly TrackRow[],
): Promise<void> {
  const error: TrackError = { type: "transcription_failed", messages: ["The asset cannot be played; see its errors."] };
  for (const track of tracks.filter(isWaiting)) await endTrack(transaction, track, { kind: "errored", error }, now());
}

/** A clip's copy of such a track waits for the clip to be cut, not for this. */
function isWaiting({ text_source, source_track_id, status }: TrackRow): boolean {
  return text_source === "generated_vod" && source_track_id === null && status === "preparing";
}

/** Has a sound of a ready asset written down. 404 when there is no such track, 400 where it is no sound or the names are taken. */
export async function generateTextTracks(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  { environmentId, assetId, trackId, wanted }: Omit<NewGenerated, "taken" | "ofTrackId"> & { trackId: string },
): Promise<TrackRow[]> {
  await lockAsset(transaction, environmentId, assetId);
  const asset = await requireAsset(transaction, environmentId, assetId);
  const sound = isMediaId(trackId) ? asset.tracks.find(({ id }) => id === trackId) : undefined;
  if (sound === undefined) throw new ApiError("not_found", [`The asset has no track ${trackId}`]);
  if (sound.type !== "audio")
    throw new ApiError("invalid_parameters", [`Track ${trackId} is ${sound.type}: only audio can be written down`]);
  if (sound.source_url !== null)
    throw new ApiError("invalid_parameters", [
      `Track ${trackId} was added: only sounds of the asset's own file are written down`,
    ]);
  const taken = trackNames(asset, "text");
  requireRoom(taken, wanted);
  const tracks = await insertGeneratedTracks(transaction, services, {
    ...{ environmentId, assetId, wanted, taken, ofTrackId: trackId },
  });
  for (const track of tracks) await tellCreated(transaction, track, services.now());
  await transcribeSoon(transaction, tracks);
  return tracks;
}
