import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { LifeStage } from "../../domain/view/life-cycle.ts";
import { restoreView } from "../../domain/view/view-state.ts";
import { newOpenView } from "./open-view.ts";
import { unpackJson } from "./packed-json.ts";
import type { PartitionFold } from "./partition-fold.ts";

/**
 * Checkpoints of the first releases: the whole state each time, in two generations that take turns in the keys.
 *
 *   key `{partition}/{generation mod 2}/{chunk}` → zstd of JSON { generation, views, finals }
 *   key `{partition}/{generation mod 2}/marker` → zstd of JSON Marker, written last
 */
interface Marker {
  generation: number;
  chunks: number;
  nextOffset: number;
  watermarkMs: number;
}

interface Chunk {
  generation: number;
  views: { environmentId: EnvironmentId; stage: LifeStage; stageAtMs: number; state: string }[];
  finals: [key: string, final: { firstSeenMs: number; finalAtMs: number }][];
}

/** Fills an empty fold from the newest whole one among the records; false where there is none. */
export function readEarlierCheckpoint(
  partition: number,
  records: ReadonlyMap<string, Buffer>,
  fold: PartitionFold,
): boolean {
  const whole = [0, 1].flatMap((side) => {
    const marker = unpackJson<Marker>(records.get(`${partition}/${side}/marker`));
    if (marker === null) return [];
    const chunks = Array.from({ length: marker.chunks }, (_, index) =>
      unpackJson<Chunk>(records.get(`${partition}/${side}/${index}`)),
    ).filter((chunk) => chunk?.generation === marker.generation);
    return chunks.length === marker.chunks ? [{ marker, chunks }] : [];
  });
  const [best] = whole.sort((a, b) => b.marker.generation - a.marker.generation);
  if (best === undefined) return false;
  for (const chunk of best.chunks) if (chunk !== null) fill(fold, chunk);
  fold.nextOffset = best.marker.nextOffset;
  fold.watermarkMs = best.marker.watermarkMs;
  return true;
}

function fill(fold: PartitionFold, { views, finals }: Chunk): void {
  for (const { environmentId, stage, stageAtMs, state } of views) {
    const open = { ...newOpenView(environmentId, restoreView(state)), stage, stageAtMs };
    fold.restore(open);
    fold.saved.change(open);
  }
  for (const [key, final] of finals) fold.finals.add(key, final);
}
