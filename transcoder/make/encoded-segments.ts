import { initKey, type PlanRef, segmentKey } from "../../domain/media/object-keys.ts";
import type { Plan, VideoRendition } from "../../domain/media/plan.ts";
import { decodeAlike } from "../../domain/mp4/encoder-labels.ts";
import type { Leases } from "../../platform/leases/leases.ts";
import { type EncodeJob, encodePictures } from "../encode/encode-pictures.ts";
import { type EncodedSegment, EncodeMismatchError } from "../encode/rewrite-segment.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { Priority, Slots } from "./slots.ts";
import type { WholeObjects } from "./whole-objects.ts";

export interface EncodingParts {
  objects: WholeObjects;
  tools: FfmpegTools;
  leases: Pick<Leases, "underLease">;
  slots: Slots;
  /** Threads of one encode. */
  threads: number;
  /** Told of each segment that was encoded. */
  onEncoded: (seconds: number) => void;
}

export interface EncodingOrder extends PlanRef {
  plan: Plan;
  source: EncodeJob["source"];
  layerOf: EncodeJob["layerOf"];
  rendition: VideoRendition;
  segment: number;
}

/**
 * Encodes one segment and stores it with its rendition's init segment, unless another transcoder does it meanwhile. The lease
 * is taken before the slot: who waits for another transcoder must not keep the encoder from others.
 */
export async function makeEncoded(
  parts: EncodingParts,
  order: EncodingOrder,
  priority: () => Priority,
  signal: AbortSignal,
): Promise<void> {
  const { objects, leases, slots } = parts;
  const key = segmentKey(order, order.rendition.name, order.segment);
  const isDone = async (): Promise<true | null> => {
    const found = [await objects.find(initKey(order, order.rendition.name)), await objects.find(key)];
    return found.includes(null) ? null : true;
  };
  await leases.underLease({ environment: order.environment, key }, signal, isDone, async (leased) => {
    await slots.run({ environment: order.environment, priority }, leased, () => encode(parts, order, leased));
    return true;
  });
}

async function encode(parts: EncodingParts, order: EncodingOrder, signal: AbortSignal): Promise<void> {
  const { tools, objects, threads, onEncoded } = parts;
  const { plan, source, layerOf, rendition, segment } = order;
  const startedMs = performance.now();
  const job = { source, plan, layerOf, rendition, segment, threads, signal };
  await storeEncoded(objects, order, await encodePictures(tools, objects.store, job));
  onEncoded((performance.now() - startedMs) / 1_000);
}

/** Stores a segment behind its rendition's init segment. Rejects with EncodeMismatchError when it needs another one. */
export async function storeEncoded(
  objects: WholeObjects,
  { rendition, segment, ...ref }: Pick<EncodingOrder, keyof PlanRef | "rendition" | "segment">,
  encoded: EncodedSegment,
): Promise<void> {
  await keepInit(objects, initKey(ref, rendition.name), encoded.init);
  await objects.keep(segmentKey(ref, rendition.name, segment), encoded.segment);
}

/**
 * The first segment's init segment is everybody's, and stays as it is. What another version of the encoder makes is as good under
 * it where only labels differ; with other parameter sets it would show other pictures, and caches would keep those for a year.
 */
export async function keepInit(objects: WholeObjects, key: string, init: Uint8Array): Promise<void> {
  const stored = await objects.read(key);
  if (stored === null) await objects.keep(key, Buffer.from(init));
  else if (!decodeAlike(stored.bytes, init)) {
    throw new EncodeMismatchError(
      `${key} is not the init segment of what was encoded now: the encoder's parameters differ`,
    );
  }
}
