import { createHash } from "node:crypto";
import type { VideoQuality } from "../../domain/asset/settings-wire.ts";
import { type ColourMatrix, usualColourMatrix } from "../../domain/media/colour-matrix.ts";
import type { Size } from "../../domain/media/image-shape.ts";
import type { MaxResolutionTier } from "../../domain/media/ladder.ts";
import { makePlan, type PictureSource } from "../../domain/media/make-plan.ts";
import { type OverlayPlacement, overlayBox } from "../../domain/media/overlay-placement.ts";
import type { HdrTransfer, Plan, PlannedOverlays } from "../../domain/media/plan.ts";
import { canCopySegments, segmentBoundaries } from "../../domain/media/segment-boundaries.ts";
import { shownSize } from "../../domain/media/source-facts.ts";
import { requireUsualLength } from "../../domain/media/source-length.ts";
import { pixelAspect } from "../../domain/mp4/codec.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import { isHevcStartSample, isIdrSample } from "../../domain/mp4/nal.ts";
import { type PictureFamily, pictureCodec } from "../../domain/mp4/picture-codec.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Source } from "./open-source.ts";
import { readSamples } from "./read-samples.ts";
import { type PlannedSound, soundSource } from "./sound-source.ts";

/** A muxer that marks the wrong pictures does so throughout: so many are looked at, spread over the file. */
const CHECKED_PICTURES = 24;
const PLAN_ID_LENGTH = 16;

/** What is known of a source besides its index. */
export interface PlanWishes {
  /** Width of a sample over its height, also where only the pictures themselves tell; else what the index says. */
  sampleAspectRatio?: number;
  hdr?: HdrTransfer | null;
  quality?: VideoQuality;
  /** How the colours of its pictures are coded, where that is known. */
  colourMatrix?: ColourMatrix | null;
  /** Images to be burnt in. */
  overlays?: readonly StoredOverlay[];
  /** See `Plan.test`; the source holds no more than that. */
  test?: NonNullable<Plan["test"]>;
  /** Those of the source that are wanted, the first first; all of them, as the file has them, unless given. */
  sounds?: readonly PlannedSound[];
}

/** An image that is stored (`overlayImageKey`), of that size, and how it is to lie on the pictures. */
export interface StoredOverlay extends Size {
  image: string;
  placement: OverlayPlacement;
}

/** Makes the segment plan of an indexed source. Reads some of its pictures. Throws Mp4Error. */
export async function planSource(
  objects: Objects,
  source: Source,
  sourceGeneration: number,
  tier: MaxResolutionTier,
  wishes: PlanWishes = {},
): Promise<Plan> {
  const { sounds = source.sounds, quality = "plus", test } = wishes;
  requireUsualLength(source.picture?.index ?? null, null);
  for (const { index } of sounds) requireUsualLength(null, index);
  const picture = await pictureSource(objects, source, wishes);
  if (picture === null && sounds.length === 0) throw new Mp4Error("The file has neither picture nor sound");
  const planned = { sourceGeneration, picture, sounds: sounds.map(soundSource), tier, quality };
  const plan = makePlan({ ...planned, ...(test && { test }) });
  const planId = createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, PLAN_ID_LENGTH);
  return { planId, ...plan };
}

async function pictureSource(
  objects: Objects,
  { key, picture }: Source,
  wishes: PlanWishes,
): Promise<PictureSource | null> {
  if (picture === null) return null;
  const { sampleAspectRatio, hdr } = wishes;
  const { track, index } = picture;
  const { samples: table, stsd, rotationDegrees } = track;
  const codec = pictureCodec(stsd);
  if (codec === null) throw new Mp4Error("The file's picture is none that can be cut");
  const { kind, starts } = segmentBoundaries(index, table);
  const firsts = starts.map((at) => index.samples[at] ?? 0);
  const aspect = sampleAspectRatio ?? aspectOf(stsd);
  const size = shownSize({ ...track, sampleAspectRatio: aspect });
  const overlays = plannedOverlays(size, wishes);
  const isPlain = aspect === 1 && rotationDegrees === 0 && !hdr && overlays === null; // shown as it is decoded
  const isCopyable =
    isPlain &&
    kind === "sync" &&
    codec.asIs !== null &&
    canCopySegments(index, table, starts) &&
    (await areStarts(objects, key, table, firsts, codec.family, codec.asIs.nalLengthBytes));
  const facts = { index, table, starts, isCopyable, family: codec.family, codecs: codec.asIs?.codecs ?? "" };
  return { ...facts, ...size, ...(hdr && { hdr }), ...(overlays && { overlays }) };
}

/** Null where nothing is burnt in. */
function plannedOverlays(picture: Size, { overlays = [], colourMatrix, hdr }: PlanWishes): PlannedOverlays | null {
  if (overlays.length === 0) return null;
  const images = overlays.map(({ image, placement, ...size }) => {
    return { image, ...overlayBox(picture, size, placement), opacityRatio: placement.opacityRatio };
  });
  return { colourMatrix: hdr ? "bt709" : (colourMatrix ?? usualColourMatrix(picture.heightPx)), images }; // HDR is made BT.709 before
}

function aspectOf(stsd: Uint8Array): number {
  const { horizontal, vertical } = pixelAspect(stsd);
  return horizontal > 0 && vertical > 0 ? horizontal / vertical : 1;
}

/** Some muxers mark pictures as sync samples that a player cannot begin with, such as recovery points. */
async function areStarts(
  objects: Objects,
  key: string,
  table: PictureSource["table"],
  samples: readonly number[],
  family: PictureFamily,
  lengthBytes: number,
): Promise<boolean> {
  const isStart = family === "hevc" ? isHevcStartSample : isIdrSample;
  const step = Math.max(1, Math.floor(samples.length / CHECKED_PICTURES));
  for (const sample of samples.filter((_, n) => n % step === 0)) {
    const bytes = await readSamples(objects, key, table, { first: sample, end: sample + 1 });
    if (!isStart(bytes, lengthBytes)) return false;
  }
  return true;
}
