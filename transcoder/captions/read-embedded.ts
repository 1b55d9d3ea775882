import { createHash } from "node:crypto";
import { z } from "zod";
import type { EmbeddedChannel } from "../../domain/asset/text-track.ts";
import { decodeCea608 } from "../../domain/captions/cea608/decode-cea608.ts";
import { type AssetRef, captionsKey } from "../../domain/media/object-keys.ts";
import { h264NalLengthBytes, videoCodec } from "../../domain/mp4/codec.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import { examineSource } from "../jobs/examine-source.ts";
import { STANDARDISED } from "../jobs/standardised-source.ts";
import { reportTrack } from "../jobs/track-job.ts";
import type { PlannedSource, SourceCache } from "../source/source-cache.ts";
import { captionPictures } from "./caption-pictures.ts";
import type { CaptionParts } from "./read-text-track.ts";

const Payload = z.object({ environment: z.string(), assetId: z.string() });
const ID_LENGTH = 44;

export interface EmbeddedParts extends CaptionParts {
  sources: SourceCache;
}

/**
 * Makes text tracks of the captions that a ready asset's pictures carry (CEA-608). A source that cannot be read here plays all
 * the same: it just has no captions of its own.
 */
export function readEmbeddedTask(parts: EmbeddedParts): JobTask {
  const { db, log } = parts;
  return async (payload, { signal }) => {
    const ref = Payload.parse(payload);
    const asset = await db
      .selectFrom("transcoder_assets")
      .select(["status", "active", "plan_id"])
      .where("environment_id", "=", ref.environment)
      .where("asset_id", "=", ref.assetId)
      .executeTakeFirst();
    if (asset?.status !== "ready" || !asset.active || asset.plan_id === null) return;
    try {
      const planned = await parts.sources.get(ref, asset.plan_id);
      if (planned === null) throw new Error(`there is no plan ${asset.plan_id}`);
      for (const channel of await storeCaptions(parts, ref, planned, signal)) {
        await reportTrack(db, { ...ref, trackId: embeddedTrackId(ref, channel) }, { kind: "embedded", channel });
      }
    } catch (error) {
      if (!(error instanceof Mp4Error)) throw error;
      log.info({ err: error, ...ref }, "captions in the source were not read");
    }
  };
}

/** The same each time, so that a job that runs twice makes one track. */
function embeddedTrackId({ environment, assetId }: AssetRef, channel: EmbeddedChannel): string {
  return createHash("sha256").update(`${environment}/${assetId}/${channel}`).digest("hex").slice(0, ID_LENGTH);
}

/** Channels that say something while the plan shows the source, their captions stored. */
async function storeCaptions(
  { objects, tools }: EmbeddedParts,
  ref: AssetRef,
  { plan, source: { key, picture } }: PlannedSource,
  signal: AbortSignal,
): Promise<EmbeddedChannel[]> {
  // ffmpeg keeps one pair of a picture that carries two: no captions are better than some with holes
  const wasEncoded = async () => (await examineSource(tools, objects, ref, signal)).judgement.video !== "copy";
  if (picture === null || videoCodec(picture.track.stsd) === null) return [];
  if (plan.sourceGeneration === STANDARDISED && (await wasEncoded())) return [];
  const lengthBytes = h264NalLengthBytes(picture.track.stsd);
  const pictures = await captionPictures({ objects, key, picture, lengthBytes, signal });
  if (pictures === null) return [];
  const endMs = (picture.index.end * 1_000) / picture.index.timescale;
  const found = decodeCea608(pictures, endMs);
  for (const [channel, captions] of found) {
    const trackId = embeddedTrackId(ref, channel);
    await objects.put(captionsKey({ ...ref, trackId }), Buffer.from(JSON.stringify(captions)));
  }
  return [...found.keys()];
}
