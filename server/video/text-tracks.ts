import { isMediaId } from "../../domain/asset/media-id.ts";
import { MAX_TEXT_TRACKS, type TextInput, trackName } from "../../domain/asset/text-input.ts";
import { READ_TEXT_TASK, type TextTrackJob, type TrackOutcome } from "../../domain/asset/text-track.ts";
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

export interface NewTextTracks {
  environmentId: string;
  assetId: string;
  texts: readonly TextInput[];
  /** Names that others have, or will have. */
  taken?: ReadonlySet<string>;
}

/** The tracks, preparing, and the jobs that read their texts. The caller has the asset locked, or just made. */
export async function insertTextTracks(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  { environmentId, assetId, texts, taken: others = new Set() }: NewTextTracks,
): Promise<TrackRow[]> {
  const taken = new Set([...others, ...texts.flatMap(({ name }) => name ?? [])]);
  const made: TrackRow[] = [];
  for (const text of texts) {
    const name = text.name ?? trackName(text.languageCode, taken);
    taken.add(name);
    const id = services.newId();
    const at = services.now() + made.length; // lists are in this order: a millisecond apart
    const { languageCode, closedCaptions, passthrough, url } = text;
    const facts = { language_code: languageCode, name, closed_captions: closedCaptions, passthrough };
    const source = { text_source: "uploaded" as const, source_url: url };
    const owner = { environment_id: environmentId, asset_id: assetId, id };
    made.push(await insertTextTrack(transaction, { ...owner, ...facts, ...source, created_at: new Date(at) }));
    const payload: TextTrackJob = { environment: environmentId, assetId, trackId: id };
    const queue = `text:${environmentId}:${id.charCodeAt(0) % QUEUES_PER_ENVIRONMENT}`;
    await addJob(transaction, { task: READ_TEXT_TASK, payload, key: `${READ_TEXT_TASK}:${id}`, queue });
  }
  return made;
}

type OwnFacts =
  | "environment_id"
  | "asset_id"
  | "id"
  | "language_code"
  | "name"
  | "passthrough"
  | "text_source"
  | "created_at";
type NewTextTrack = Pick<TrackRow, OwnFacts> &
  Partial<Pick<TrackRow, "closed_captions" | "source_url" | "of_track_id">>;

/** A text track that prepares. */
export function insertTextTrack(transaction: PostgresTransaction, track: NewTextTrack): Promise<TrackRow> {
  return transaction
    .insertInto("tracks")
    .values({ type: "text", status: "preparing", text_type: "subtitles", ...track })
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
  requireRoom(names, [text]);
  const named = { ...text, name: text.name ?? trackName(text.languageCode, names) };
  const [track] = await insertTextTracks(transaction, services, { environmentId, assetId, texts: [named] });
  if (track === undefined) throw new Error("no track was made");
  await tellCreated(transaction, track, services.now());
  return track;
}

/** 400 where the asset cannot have so many more text tracks, or not by those names. */
export function requireRoom(taken: ReadonlySet<string>, wanted: readonly { name: string | null }[]): void {
  if (taken.size + wanted.length > MAX_TEXT_TRACKS)
    throw new ApiError("invalid_parameters", [
      `The asset has ${taken.size} text tracks of ${MAX_TEXT_TRACKS}: delete some before`,
    ]);
  const names = new Set(taken);
  for (const { name } of wanted) {
    requireFreeName(name, names);
    if (name !== null) names.add(name);
  }
}

/** What became of a track that prepared. */
export async function endTrack(
  transaction: PostgresTransaction,
  { environment_id, id }: Pick<TrackRow, "environment_id" | "id">,
  outcome: Exclude<TrackOutcome, { kind: "embedded" }>,
  nowMs: number,
): Promise<void> {
  const error = outcome.kind === "errored" ? JSON.stringify(outcome.error) : null;
  const { languageCode, sound } = outcome.kind === "ready" ? outcome : {};
  const track = await transaction
    .updateTable("tracks")
    .set({
      status: outcome.kind,
      error,
      ...(languageCode !== undefined && { language_code: languageCode }),
      ...(sound !== undefined && { max_channels: sound.channels, duration_seconds: sound.durationSeconds }),
    })
    .where("environment_id", "=", environment_id)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await tellTrack(transaction, outcome.kind, track, nowMs);
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
