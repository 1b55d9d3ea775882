import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Logger } from "../observability/logger.ts";
import { DurableWatcher } from "./durable-position.ts";
import { readChunk } from "./frame-scanner.ts";
import { readGroupProgress } from "./offsets.ts";
import { listSegments, type Segment } from "./segment-files.ts";

export interface RecoveredEnd {
  /** Where the next record goes. */
  position: number;
  /** Base of the segment it goes to; a new file when it equals `position` and no segment has that base. */
  base: number;
}

/**
 * Finds the end of a topic after any kind of stop. Whole records behind the durable position are kept: they were
 * written, perhaps acknowledged before the position was published. What follows the last whole record is cut off.
 * Positions are never used twice: when bytes that were durable or committed are gone, the log goes on behind them.
 */
export async function recoverEnd(directory: string, partitions: number, log: Logger | null): Promise<RecoveredEnd> {
  const published = readPublished(directory);
  const last = (await listSegments(directory)).at(-1);
  const end = last === undefined ? 0 : await recoverSegment(last, published ?? 0, log);
  const groups = await readGroupProgress(directory, partitions);
  const promised = Math.max(published ?? 0, ...groups.map(({ highest }) => highest));
  if (promised <= end) return { position: end, base: last?.base ?? end };
  log?.error({ directory, fromPosition: end, toPosition: promised }, "durable bytes of the log are missing");
  return { position: promised, base: promised };
}

/** Returns the position after the last whole record, with the file cut there and on disk. */
async function recoverSegment(segment: Segment, published: number, log: Logger | null): Promise<number> {
  const handle = await open(segment.path, constants.O_RDWR);
  try {
    const limit = segment.base + (await handle.stat()).size;
    const from = published > segment.base && published <= limit ? published : segment.base;
    const end = await scanToEnd(handle, segment, from, limit, log);
    if (end < limit) {
      log?.warn({ segment: segment.path, position: end, droppedBytes: limit - end }, "torn end of the log dropped");
      await handle.truncate(end - segment.base);
    }
    await handle.sync();
    return end;
  } finally {
    await handle.close();
  }
}

async function scanToEnd(handle: FileHandle, segment: Segment, from: number, limit: number, log: Logger | null) {
  let end = from;
  for (let position = from; position < limit; ) {
    const chunk = await readChunk({ handle, base: segment.base, limit }, position);
    end = chunk.records.at(-1)?.nextOffset ?? end;
    // Damage with whole records behind it is no torn end. They may have been acknowledged, so all of it stays.
    if (chunk.damage !== null && chunk.damage.to < limit)
      log?.error({ segment: segment.path, ...chunk.damage }, "damaged bytes in the log");
    if (chunk.next === position) break;
    position = chunk.next;
  }
  return end;
}

function readPublished(directory: string): number | null {
  const watcher = new DurableWatcher(directory);
  try {
    return watcher.read();
  } finally {
    watcher.close();
  }
}
