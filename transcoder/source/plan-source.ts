import { createHash } from "node:crypto";
import type { MaxResolutionTier } from "../../domain/media/ladder.ts";
import { makePlan, type PictureSource } from "../../domain/media/make-plan.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { canCopySegments, segmentBoundaries } from "../../domain/media/segment-boundaries.ts";
import { requireUsualLength } from "../../domain/media/source-length.ts";
import { h264NalLengthBytes, videoCodec } from "../../domain/mp4/codec.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import { isIdrSample } from "../../domain/mp4/nal.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Source } from "./open-source.ts";
import { readSamples } from "./read-samples.ts";
import { type PlannedSound, soundSource } from "./sound-source.ts";

/** A muxer that marks the wrong pictures does so throughout: so many are looked at, spread over the file. */
const CHECKED_PICTURES = 24;
const PLAN_ID_LENGTH = 16;

/**
 * Makes the segment plan of an indexed source. Reads some of its pictures. Throws Mp4Error.
 *
 * @param sounds those of the source that are wanted, the first first; all of them, as the file has them, unless given
 */
export async function planSource(
  objects: Objects,
  source: Source,
  sourceGeneration: number,
  tier: MaxResolutionTier,
  sounds: readonly PlannedSound[] = source.sounds,
): Promise<Plan> {
  requireUsualLength(source.picture?.index ?? null, null);
  for (const { index } of sounds) requireUsualLength(null, index);
  const picture = await pictureSource(objects, source);
  if (picture === null && sounds.length === 0) throw new Mp4Error("The file has neither picture nor sound");
  const plan = makePlan({ sourceGeneration, picture, sounds: sounds.map(soundSource), tier });
  const planId = createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, PLAN_ID_LENGTH);
  return { planId, ...plan };
}

async function pictureSource(objects: Objects, { key, picture }: Source): Promise<PictureSource | null> {
  if (picture === null) return null;
  const { track, index } = picture;
  const { samples: table, stsd, codedWidthPx: widthPx, codedHeightPx: heightPx } = track;
  const codec = videoCodec(stsd);
  if (codec === null) throw new Mp4Error("The file's picture is not H.264");
  const { kind, starts } = segmentBoundaries(index, table);
  const firsts = starts.map((at) => index.samples[at] ?? 0);
  const isCopyable =
    kind === "sync" &&
    track.entryTypes.length === 1 &&
    track.entryTypes[0] === "avc1" &&
    canCopySegments(index, table, starts) &&
    (await areIdrs(objects, key, table, firsts, h264NalLengthBytes(stsd)));
  return { index, table, widthPx, heightPx, codecs: codec.codecs, starts, isCopyable };
}

/** Some muxers mark pictures as sync samples that a player cannot begin with, such as recovery points. */
async function areIdrs(
  objects: Objects,
  key: string,
  table: PictureSource["table"],
  samples: readonly number[],
  lengthBytes: number,
): Promise<boolean> {
  const step = Math.max(1, Math.floor(samples.length / CHECKED_PICTURES));
  for (const sample of samples.filter((_, n) => n % step === 0)) {
    const bytes = await readSamples(objects, key, table, { first: sample, end: sample + 1 });
    if (!isIdrSample(bytes, lengthBytes)) return false;
  }
  return true;
}
