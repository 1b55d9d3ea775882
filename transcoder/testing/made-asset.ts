import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { type AssetRef, initKey, planKey, segmentKey, sourceKey } from "../../domain/media/object-keys.ts";
import { type Plan, segmentSeconds } from "../../domain/media/plan.ts";
import type { AudioFacts } from "../../domain/media/source-facts.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { openSource, sourceUntil } from "../source/open-source.ts";
import { type PlanWishes, planSource } from "../source/plan-source.ts";
import { soundsOf } from "../source/sound-source.ts";

export const TEST_ASSET: AssetRef = { environment: "abc123", assetId: "A".repeat(44) };

/**
 * Stores a file as an asset's source and plans it, as ingest does with a standard one.
 *
 * @param sounds what ffprobe says of them, which the file's own tables know less well
 * @param wishes what is burnt in, or that it is a test
 */
export async function storeAndPlan(
  objects: Objects,
  file: string,
  ref = TEST_ASSET,
  sounds?: readonly AudioFacts[],
  wishes: PlanWishes = {},
): Promise<Plan> {
  await objects.put(sourceKey(ref, 1), createReadStream(file));
  const opened = await openSource(objects, ref, 1);
  const source = wishes.test === undefined ? opened : sourceUntil(opened, wishes.test.shownSeconds);
  const planned = sounds === undefined ? source.sounds : soundsOf(source, sounds, false);
  const plan = await planSource(objects, source, 1, "1080p", { ...wishes, sounds: planned });
  await objects.put(planKey({ ...ref, planId: plan.planId }), Buffer.from(JSON.stringify(plan)));
  return plan;
}

/** Segments that a rendition has something in. */
export function segmentsOf(plan: Plan, rendition: Plan["video"][number] | Plan["audio"][number]): number[] {
  return segmentSeconds(plan, rendition).flatMap((seconds, segment) => (seconds > 0 ? [segment] : []));
}

/** Writes the init segment and these segments of one rendition as one file, as a player appends them; gives its path. */
export async function writeJoined(
  objects: Objects,
  plan: Plan,
  rendition: string,
  segments: readonly number[],
  file: string,
  asset = TEST_ASSET,
): Promise<string> {
  await writeFile(file, await readJoined(objects, plan, rendition, segments, asset));
  return file;
}

export async function readJoined(
  objects: Objects,
  { planId }: Plan,
  rendition: string,
  segments: readonly number[],
  asset = TEST_ASSET,
): Promise<Buffer> {
  const ref = { ...asset, planId };
  const keys = [initKey(ref, rendition), ...segments.map((segment) => segmentKey(ref, rendition, segment))];
  const parts = keys.map(async (key) => {
    const found = await objects.read(key);
    if (found === null) throw new Error(`${key} was not made`);
    return buffer(found.body);
  });
  return Buffer.concat(await Promise.all(parts));
}
