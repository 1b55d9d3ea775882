import { initKey, type PlanRef, segmentKey, staticKey } from "../../domain/media/object-keys.ts";
import {
  type AudioRendition,
  type Plan,
  planSeconds,
  segmentSeconds,
  type VideoRendition,
} from "../../domain/media/plan.ts";
import {
  type FileResolution,
  type StaticTracks,
  staticName,
  staticTracks,
} from "../../domain/media/static-rendition.ts";
import type { ObjectInfo, Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { encodePictures } from "../encode/encode-pictures.ts";
import type { EncodedSegment } from "../encode/rewrite-segment.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { ObjectMaker } from "../make/make-object.ts";
import type { Slots } from "../make/slots.ts";
import { readWhole } from "../make/whole-objects.ts";
import type { PlannedSource } from "../source/source-cache.ts";
import { assembleMovie, type SegmentedTrack } from "./assemble-movie.ts";

export interface StaticParts {
  objects: Objects;
  tools: FfmpegTools;
  maker: Pick<ObjectMaker, "make">;
  slots: Slots;
  log: Logger;
  /** Threads of one encode. */
  threads: number;
}

/** A file that is stored. */
export interface StaticFile {
  /** 0 without a picture. */
  widthPx: number;
  heightPx: number;
  /** Mean, bit/s. */
  bitrate: number;
  sizeBytes: number;
}

/**
 * Makes a rendition as one file, of the segments that players get where the plan has it, and behind everybody who waits. Null
 * where there is nothing to make (`staticTracks`). Doing it again finds what is stored.
 */
export async function makeStatic(
  parts: StaticParts,
  ref: PlanRef,
  { plan, source, layerOf }: PlannedSource,
  resolution: FileResolution,
  signal: AbortSignal,
): Promise<StaticFile | null> {
  const chosen = staticTracks(plan, resolution);
  if (chosen === null) return null;
  const { video } = chosen;
  const key = staticKey(ref, staticName(resolution));
  const { sizeBytes } =
    (await parts.objects.head(key)) ?? (await assemble({ parts, ref, plan, source, layerOf, signal }, key, chosen));
  const bitrate = Math.round((sizeBytes * 8) / Math.max(planSeconds(plan), 0.001));
  return { widthPx: video?.widthPx ?? 0, heightPx: video?.heightPx ?? 0, bitrate, sizeBytes };
}

async function assemble(job: Job, key: string, { video, audio, isPlanned }: StaticTracks): Promise<ObjectInfo> {
  const tracks = [
    ...(video === null ? [] : [isPlanned ? await storedTrack(job, video) : await encodedTrack(job, video)]),
    ...(audio === null ? [] : [await storedTrack(job, audio)]),
  ];
  return assembleMovie(job.parts.objects, key, tracks, job.plan.boundaries.length - 1, job.signal);
}

interface Job extends PlannedSource {
  parts: StaticParts;
  ref: PlanRef;
  signal: AbortSignal;
}

/** Segments as players get them, made now where they are missing. */
async function storedTrack(
  { parts, ref, plan, signal }: Job,
  rendition: VideoRendition | AudioRendition,
): Promise<SegmentedTrack> {
  const { maker } = parts;
  const wanted = { ...ref, rendition: rendition.name };
  const seconds = segmentSeconds(plan, rendition);
  await maker.make({ kind: "init", ...wanted }, "prefetch", signal);
  return {
    kind: "channels" in rendition ? "audio" : "video",
    init: await readMade(parts, initKey(ref, rendition.name)),
    segmentEnd: (n) => pictureEnd(plan, n),
    segment: async (n) => {
      if ((seconds[n] ?? 0) <= 0) return null;
      await maker.make({ kind: "segment", segment: n, ...wanted }, "prefetch", signal);
      return readMade(parts, segmentKey(ref, rendition.name, n));
    },
  };
}

/** Segments of a size that the plan does not have: nobody else needs them, so they are not stored. */
async function encodedTrack(
  { parts: { tools, objects, slots, threads }, ref: { environment }, plan, source, layerOf, signal }: Job,
  rendition: VideoRendition,
): Promise<SegmentedTrack> {
  const { picture } = source;
  if (picture === null) throw new Error("the source has no picture, the plan has");
  const seconds = segmentSeconds(plan, rendition);
  const encode = (segment: number): Promise<EncodedSegment> => {
    const job = { source: { ...source, picture }, plan, layerOf, rendition, segment, threads };
    return slots.run({ environment, priority: () => "prefetch" }, signal, () =>
      encodePictures(tools, objects, { ...job, signal }),
    );
  };
  const first = await encode(0);
  return {
    kind: "video",
    init: first.init,
    segmentEnd: (n) => pictureEnd(plan, n),
    segment: async (n) => {
      if ((seconds[n] ?? 0) <= 0) return null;
      return n === 0 ? first.segment : (await encode(n)).segment;
    },
  };
}

function pictureEnd({ boundaries, pictureEnd: end }: Plan, segment: number): number {
  return Math.min(boundaries[segment + 1] ?? end, end);
}

async function readMade({ objects, log }: StaticParts, key: string): Promise<Buffer> {
  const made = await readWhole(objects, log, key);
  if (made === null) throw new Error(`${key} is missing after it was made`);
  return made.bytes;
}
