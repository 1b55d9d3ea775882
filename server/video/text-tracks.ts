import { isMediaId } from "../../domain/asset/media-id.ts";
import { type TextInput, trackName } from "../../domain/asset/text-input.ts";
import { READ_TEXT_TASK, type TextTrackJob } from "../../domain/asset/text-track.ts";
import { ApiError } from "../../domain/errors.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { type AssetRecord, lockAsset, requireAsset, requireReadyAsset, type TrackRow } from "./assets.ts";
import { deleteTrackSoon } from "./delete-track.ts";
import { recordEvent } from "./events.ts";
import { trackToWire } from "./v1/asset-wire.ts";

type TrackEvent = "created" | "ready" | "errored" | "deleted";
/** Files are small; a host that does not answer holds one of these up. */
const QUEUES_PER_ENVIRONMENT = 4;
/** All languages of the Union four times over. Players list every track. */
export const MAX_TEXT_TRACKS = 100;

export interface NewTextTracks {
  environmentId: string;
  assetId: string;
  texts: readonly TextInput[];
}

/** The tracks, preparing, and the jobs that read their texts. The caller has the asset locked, or just made. */
export async function insertTextTracks(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  { environmentId, assetId, texts }: NewTextTracks,
): Promise<TrackRow[]> {
  const taken = new Set(texts.flatMap(({ name }) => name ?? []));
  const made: TrackRow[] = [];
  for (const text of texts) {
    const name = text.name ?? trackName(text.languageCode, taken);
    taken.add(name);
    const id = services.newId();
    const at = services.now() + made.length; // lists are in this order: a millisecond apart
    made.push(await insertTextTrack(transaction, { environmentId, assetId, id, at, text, name }));
    const payload: TextTrackJob = { environment: environmentId, assetId, trackId: id };
    const queue = `text:${environmentId}:${id.charCodeAt(0) % QUEUES_PER_ENVIRONMENT}`;
    await addJob(transaction, { task: READ_TEXT_TASK, payload, key: `${READ_TEXT_TASK}:${id}`, queue });
  }
  return made;
}

interface NewTextTrack {
  environmentId: string;
  assetId: string;
  id: string;
  /** Unix milliseconds. */
  at: number;
  text: TextInput;
  name: string;
}

function insertTextTrack(
  transaction: PostgresTransaction,
  { environmentId, assetId, id, at, text, name }: NewTextTrack,
) {
  return transaction
    .insertInto("tracks")
    .values({
      environment_id: environmentId,
      asset_id: assetId,
      id,
      type: "text",
      status: "preparing",
      language_code: text.languageCode,
      name,
      text_type: "subtitles",
      text_source: "uploaded",
      closed_captions: text.closedCaptions,
      passthrough: text.passthrough,
      source_url: text.url,
      created_at: new Date(at),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Adds a text track to an asset that is ready. 404 when there is no such asset, 400 where it cannot have the track. */
export async function addTextTrack(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  { environmentId, assetId, text }: { environmentId: string; assetId: string; text: TextInput },
): Promise<TrackRow> {
  const asset = await requireReadyAsset(transaction, environmentId, assetId);
  const names = trackNames(asset, "text");
  if (names.size >= MAX_TEXT_TRACKS)
    throw new ApiError("invalid_parameters", [`The asset has ${MAX_TEXT_TRACKS} text tracks: delete one before`]);
  requireFreeName(text.name, names);
  const named = { ...text, name: text.name ?? trackName(text.languageCode, names) };
  const [track] = await insertTextTracks(transaction, services, { environmentId, assetId, texts: [named] });
  if (track === undefined) throw new Error("no track was made");
  await tellCreated(transaction, track, services.now());
  return track;
}

/** Ends a track: it leaves playlists within seconds, its bytes soon after. Those of the asset's own file stay with it. */
export async function deleteTrack(
  { db, now }: Pick<Services, "db" | "now">,
  { environmentId, assetId, trackId }: { environmentId: string; assetId: string; trackId: string },
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const before = await requireAddedTrack(transaction, environmentId, assetId, trackId, "deleted");
    await transaction
      .updateTable("tracks")
      .set({ status: "deleted" })
      .where("environment_id", "=", environmentId)
      .where("id", "=", trackId)
      .execute();
    await tellTrack(transaction, "deleted", { ...before, status: "deleted" }, now());
    await deleteTrackSoon(transaction, { environment: environmentId, assetId, trackId });
  });
}

export interface TrackChange {
  name?: string | undefined;
  language_code?: string | undefined;
  closed_captions?: boolean | undefined;
  /** Empty text clears it. */
  passthrough?: string | undefined;
}

/** Changes what is told of a track, never what it says. */
export async function changeTrack(
  { db }: Pick<Services, "db">,
  { environmentId, assetId, trackId }: { environmentId: string; assetId: string; trackId: string },
  { passthrough, ...change }: TrackChange,
): Promise<TrackRow> {
  return db.transaction().execute(async (transaction) => {
    const before = await requireAddedTrack(transaction, environmentId, assetId, trackId, "changed");
    if (before.type !== "text" && change.closed_captions !== undefined)
      throw new ApiError("invalid_parameters", ["closed_captions: is for text tracks"]);
    const asset = await requireAsset(transaction, environmentId, assetId);
    if (change.name !== before.name) requireFreeName(change.name ?? null, trackNames(asset, before.type));
    return transaction
      .updateTable("tracks")
      .set({ name: before.name, ...change })
      .set(passthrough === undefined ? {} : { passthrough: passthrough === "" ? null : passthrough })
      .where("environment_id", "=", environmentId)
      .where("id", "=", trackId)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

/** Locks the asset. 404 where it has no such track, 400 where that is of its own file. */
async function requireAddedTrack(
  transaction: PostgresTransaction,
  environmentId: string,
  assetId: string,
  trackId: string,
  doing: string,
): Promise<TrackRow> {
  await lockAsset(transaction, environmentId, assetId);
  const asset = await requireAsset(transaction, environmentId, assetId);
  const track = isMediaId(trackId) ? asset.tracks.find(({ id }) => id === trackId) : undefined;
  if (track === undefined) throw new ApiError("not_found", [`The asset has no track ${trackId}`]);
  if (track.type === "text" || track.source_url !== null) return track;
  throw new ApiError("invalid_parameters", [
    `Track ${trackId} is ${track.type} of the asset's own file: only text tracks and added sounds can be ${doing}`,
  ]);
}

/** What its tracks of a type are called: viewers choose by it. */
export function trackNames({ tracks }: AssetRecord, of: TrackRow["type"]): Set<string> {
  return new Set(tracks.flatMap(({ type, name }) => (type === of && name !== null ? [name] : [])));
}

export function requireFreeName(name: string | null, taken: ReadonlySet<string>): void {
  if (name !== null && taken.has(name))
    throw new ApiError("invalid_parameters", ["name: another track of this type has this name"]);
}

export function tellCreated(transaction: PostgresTransaction, track: TrackRow, nowMs: number): Promise<void> {
  return tellTrack(transaction, "created", track, nowMs);
}

/** Notes `video.asset.track.…` with the track as it is then (reference video-api.md §7.5). */
export async function tellTrack(
  transaction: PostgresTransaction,
  event: TrackEvent,
  track: TrackRow,
  nowMs: number,
): Promise<void> {
  await recordEvent(transaction, {
    type: `video.asset.track.${event}`,
    environmentId: track.environment_id,
    object: { type: "track", id: track.id },
    data: { ...trackToWire(track), asset_id: track.asset_id },
    nowMs,
  });
}
