import { fillBatch } from "../../domain/media/fill-batch.ts";
import { type PlanRef, segmentKey } from "../../domain/media/object-keys.ts";
import { type Plan, segmentSeconds, type VideoRendition } from "../../domain/media/plan.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { type EncodedOfMany, encodeMany } from "../encode/encode-many.ts";
import type { PicturedSource } from "../encode/encode-pictures.ts";
import { EncodeMismatchError } from "../encode/rewrite-segment.ts";
import type { PlannedSource } from "../source/source-cache.ts";
import { type EncodingParts, storeEncoded } from "./encoded-segments.ts";
import type { ObjectMaker } from "./make-object.ts";
import { GiveWayError } from "./slots.ts";

export interface FillParts extends Pick<EncodingParts, "objects" | "tools" | "slots" | "threads"> {
  /** For what cannot be made together with others. */
  maker: Pick<ObjectMaker, "make">;
  log: Logger;
}

export interface FillOrder {
  ref: PlanRef;
  planned: PlannedSource;
  /** Whether the asset is still there: asked before and after each run. */
  isWanted: () => Promise<boolean>;
  signal: AbortSignal;
}

/**
 * Makes all segments of a plan's encoded pictures that are not stored yet, in order, whenever a place is free: some segments
 * of all renditions by one decode. A run that has to give way is lost and begun again later. Nothing is led by leases: what a
 * viewer asks for meanwhile is made for him at once, and has the same bytes. Resolves when all is stored, but for what
 * cannot be made, or the asset is gone.
 */
export async function fillPlan(parts: FillParts, order: FillOrder): Promise<void> {
  const { plan, source } = order.planned;
  const { picture } = source;
  const encoded = plan.video.filter(({ kind }) => kind === "encoded");
  if (picture === null || encoded.length === 0) return;
  const pictured = { plan, index: picture.index, table: picture.track.samples };
  const given = new Set<string>();
  for (let segment = 0; segment < plan.boundaries.length - 1; ) {
    order.signal.throwIfAborted();
    const missing = await missingOf(parts, order, segment, encoded, given);
    if (missing.length === 0) {
      segment += 1;
      continue;
    }
    const batch = await fillBatch(pictured, segment, missing, (next) => missingOf(parts, order, next, encoded, given));
    if (!(await order.isWanted())) return;
    for (const key of await makeBatch(parts, order, { ...source, picture }, batch)) given.add(key);
  }
}

/** Renditions that have pictures in a segment, not stored yet and not given up. */
async function missingOf(
  { objects }: FillParts,
  { ref, planned }: FillOrder,
  segment: number,
  renditions: readonly VideoRendition[],
  given: ReadonlySet<string>,
): Promise<VideoRendition[]> {
  const [first] = renditions;
  if (first === undefined || !hasPictures(planned.plan, first, segment)) return [];
  const keys = renditions.map(({ name }) => segmentKey(ref, name, segment));
  const stored = await Promise.all(keys.map((key) => (given.has(key) ? true : objects.store.head(key))));
  return renditions.filter((_, n) => stored[n] === null);
}

function hasPictures(plan: Plan, rendition: VideoRendition, segment: number): boolean {
  return (segmentSeconds(plan, rendition)[segment] ?? 0) > 0;
}

/** Makes and stores what can be made. Resolves with the keys of what cannot. */
async function makeBatch(
  parts: FillParts,
  { ref, planned, isWanted, signal }: FillOrder,
  source: PicturedSource,
  batch: Awaited<ReturnType<typeof fillBatch>>,
): Promise<string[]> {
  const { objects, tools, slots, threads, log } = parts;
  try {
    const made = await slots.run({ environment: ref.environment, priority: () => "fill" }, signal, (giveWay) => {
      const { plan, layerOf } = planned;
      const job = { source, plan, layerOf, ...batch, threads, signal: AbortSignal.any([signal, giveWay]) };
      return encodeMany(tools, objects.store, job).catch((error: unknown) => {
        giveWay.throwIfAborted();
        throw error;
      });
    });
    if (!(await isWanted())) return [];
    const failed: string[] = [];
    for (const one of made) {
      const mismatch = await storeMade(parts, ref, one, signal);
      if (mismatch === null) continue;
      const { rendition, segment } = one;
      failed.push(segmentKey(ref, rendition.name, segment));
      log.warn({ err: mismatch, ...ref, rendition: rendition.name, segment }, "a segment is not filled in");
    }
    return failed;
  } catch (error) {
    if (error instanceof GiveWayError) return [];
    throw error;
  }
}

/** Null when it is stored, else why it cannot be. */
async function storeMade(
  parts: FillParts,
  ref: PlanRef,
  { rendition, segment, outcome }: EncodedOfMany,
  signal: AbortSignal,
): Promise<EncodeMismatchError | null> {
  if (outcome instanceof EncodeMismatchError) {
    return (await isMadeAlone(parts, ref, rendition.name, segment, signal)) ? null : outcome;
  }
  try {
    await storeEncoded(parts.objects, { ...ref, rendition, segment }, outcome);
    return null;
  } catch (error) {
    if (error instanceof EncodeMismatchError) return error; // alone it would need the same other init segment
    throw error;
  }
}

/** Alone it is tried from earlier sync samples too. */
async function isMadeAlone(
  { maker }: FillParts,
  ref: PlanRef,
  rendition: string,
  segment: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await maker.make({ kind: "segment", ...ref, rendition, segment }, "fill", signal);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
