import { initKey, segmentKey } from "../../domain/media/object-keys.ts";
import type { AudioRendition } from "../../domain/media/plan.ts";
import { type SoundRun, soundRun } from "../../domain/media/sound-runs.ts";
import { encodeSound } from "../encode/encode-sound.ts";
import { type Source, soundOf } from "../source/open-source.ts";
import { type EncodingOrder, type EncodingParts, keepInit } from "./encoded-segments.ts";
import type { Priority } from "./slots.ts";

export interface SoundOrder extends Omit<EncodingOrder, "source" | "layerOf" | "rendition"> {
  source: Source;
  rendition: AudioRendition;
}

/**
 * Encodes the run of segments that holds one and stores all of them with the rendition's init segment, unless another transcoder
 * does it meanwhile. A stored segment of the run is left as it is: encoded anew it would have the same bytes.
 */
export async function makeEncodedSound(
  parts: EncodingParts,
  order: SoundOrder,
  priority: () => Priority,
  signal: AbortSignal,
): Promise<void> {
  const { objects, leases, slots } = parts;
  const run = soundRun(order.rendition, order.segment);
  const key = segmentKey(order, order.rendition.name, run.first);
  // others may wait for another segment of the run than this one: the last is stored last
  const segments = [order.segment, lastSegment(order.rendition, run)];
  const keys = segments.map((segment) => segmentKey(order, order.rendition.name, segment));
  const isDone = async (): Promise<true | null> => {
    for (const wanted of [initKey(order, order.rendition.name), ...keys]) {
      if ((await objects.find(wanted)) === null) return null;
    }
    return true;
  };
  await leases.underLease({ environment: order.environment, key }, signal, isDone, async (leased) => {
    await slots.run({ environment: order.environment, priority }, leased, () => encodeRun(parts, order, run, leased));
    return true;
  });
}

/** The last of a run that has sound in it. */
function lastSegment({ boundaries }: AudioRendition, { first, end }: SoundRun): number {
  let last = end - 1;
  while (last > first && boundaries[last] === boundaries[last + 1]) last -= 1;
  return last;
}

async function encodeRun(parts: EncodingParts, order: SoundOrder, run: SoundRun, signal: AbortSignal): Promise<void> {
  const { tools, objects } = parts;
  const { plan, source, rendition } = order;
  const job = { sourceKey: source.key, sound: soundOf(source, rendition), plan, rendition, run, signal };
  const encoded = await encodeSound(tools, objects.store, job);
  await keepInit(objects, initKey(order, rendition.name), encoded.init);
  for (const { segment, bytes } of encoded.segments) {
    const key = segmentKey(order, rendition.name, segment);
    if ((await objects.find(key)) === null) await objects.keep(key, bytes);
  }
}
