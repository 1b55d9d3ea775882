import type { GeneratedInput } from "../../domain/asset/generated-text.ts";
import type { AssetError } from "../../domain/asset/outcome.ts";
import { MAX_TEXT_TRACKS, type TextInput, trackName } from "../../domain/asset/text-input.ts";
import { ApiError } from "../../domain/errors.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import type { AssetRecord, TrackRow } from "./assets.ts";
import { tellTrack } from "./text-tracks.ts";

/** What is asked for beside the captions that a clip takes over of its source. */
interface BesideCopied {
  source: AssetRecord;
  texts: readonly TextInput[];
  /** To be written down from the clip's sound. */
  generated: readonly GeneratedInput[];
}

/** The captions given, with names beside those that the clip takes over. 400 where a name is taken, or they are too many. */
export function textsBesideCopied({ source, texts, generated }: BesideCopied): TextInput[] {
  const copied = copiedTracks(source);
  const taken = new Set(copied.flatMap(({ name }) => name ?? []));
  const asked = [...texts, ...generated];
  const clash = asked.find(({ name }) => name !== null && taken.has(name));
  if (clash !== undefined)
    throw new ApiError("invalid_parameters", [`inputs: the clip takes over a text track called "${clash.name}"`]);
  if (copied.length + asked.length > MAX_TEXT_TRACKS)
    throw new ApiError("invalid_parameters", [
      `inputs: with the ${copied.length} text tracks that the clip takes over there are more than ${MAX_TEXT_TRACKS}`,
    ]);
  for (const { name } of asked) if (name !== null) taken.add(name);
  return texts.map((text) => {
    const name = text.name ?? trackName(text.languageCode, taken);
    taken.add(name);
    return { ...text, name };
  });
}

/** Text tracks like those that can be shown of the source, preparing: the job that cuts the clip cuts their texts too. */
export async function copyTextTracks(
  transaction: PostgresTransaction,
  { newId, now }: Pick<Services, "newId" | "now">,
  {
    environmentId,
    assetId,
    source,
    texts,
  }: { environmentId: string; assetId: string; source: AssetRecord; texts: number },
): Promise<TrackRow[]> {
  const copied = copiedTracks(source);
  if (copied.length === 0) return [];
  return transaction
    .insertInto("tracks")
    .values(
      copied.map((track, at) => ({
        environment_id: environmentId,
        asset_id: assetId,
        id: newId(),
        type: "text" as const,
        status: "preparing" as const,
        language_code: track.language_code,
        name: track.name,
        text_type: track.text_type,
        text_source: track.text_source,
        closed_captions: track.closed_captions,
        passthrough: track.passthrough,
        source_track_id: track.id,
        created_at: new Date(now() + texts + at), // lists are in this order: a millisecond apart
      })),
    )
    .returningAll()
    .execute();
}

/** Ends the text tracks of a clip that is none: nothing will be taken over any more. */
export async function failCopiedTexts(
  transaction: PostgresTransaction,
  { environment_id, id }: AssetRecord,
  error: AssetError,
  nowMs: number,
): Promise<void> {
  const failed = await transaction
    .updateTable("tracks")
    .set({ status: "errored", error: JSON.stringify(error) })
    .where("environment_id", "=", environment_id)
    .where("asset_id", "=", id)
    .where("source_track_id", "is not", null)
    .where("status", "=", "preparing")
    .returningAll()
    .execute();
  for (const track of failed) await tellTrack(transaction, "errored", track, nowMs);
}

function copiedTracks({ tracks }: AssetRecord): TrackRow[] {
  return tracks.filter(({ type, status }) => type === "text" && status === "ready");
}
