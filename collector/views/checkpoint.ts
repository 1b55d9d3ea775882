import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { LifeStage } from "../../domain/view/life-cycle.ts";
import { restoreView, serializeView } from "../../domain/view/view-state.ts";
import type { LogRecord, StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { type FinalView, newOpenView, type PartitionFold, viewKey } from "./partition-fold.ts";

/**
 * Checkpoints of fold state in the compacted topic `views_state`: the whole state of a partition, cut into records a
 * broker takes (1 MB), and a marker that makes them count. Two generations take turns in the keys, so that a checkpoint
 * that was cut off by a crash never overwrites the last whole one.
 *
 *   key `{partition}/{generation mod 2}/{chunk}` → zstd of JSON { generation, views?, finals? }
 *   key `{partition}/{generation mod 2}/marker` → zstd of JSON Marker, written last
 */
interface Marker {
  generation: number;
  chunks: number;
  /** Log position and time up to which the state is folded. */
  nextOffset: number;
  watermarkMs: number;
}

interface Chunk {
  generation: number;
  views: { environmentId: EnvironmentId; stage: LifeStage; stageAtMs: number; state: string }[];
  finals: [key: string, final: FinalView][];
}

/** Text length of a chunk before compression. */
const CHUNK_LENGTH = 400_000;
/** A final view's entry as text, about. */
const FINAL_LENGTH = 100;

/** What the next checkpoint has to know of the last one of the same partition. */
export interface CheckpointTrail {
  generation: number;
  /** Chunks written under each of the two key sets, so that superfluous ones can be deleted. */
  chunks: [number, number];
}

/** Records that store the fold's present state; call when all rows up to it are stored or about to be. */
export function writeCheckpoint(
  partition: number,
  fold: PartitionFold,
  trail: CheckpointTrail,
  nowMs: number,
): { records: LogRecord[]; trail: CheckpointTrail } {
  const generation = trail.generation + 1;
  const side = generation % 2 === 0 ? 0 : 1;
  const prefix = `${partition}/${side}`;
  const record = (name: string | number, body: unknown): LogRecord => ({
    partition,
    key: `${prefix}/${name}`,
    value: body === null ? Buffer.alloc(0) : zstdCompressSync(JSON.stringify(body)),
    timestampMs: nowMs,
  });
  const chunks = cutIntoChunks(fold, generation);
  const records = chunks.map((chunk, index) => record(index, chunk));
  for (let index = chunks.length; index < trail.chunks[side]; index += 1) records.push(record(index, null));
  const { nextOffset, watermarkMs } = fold;
  records.push(record("marker", { generation, chunks: chunks.length, nextOffset, watermarkMs } satisfies Marker));
  const counts: [number, number] = [...trail.chunks];
  counts[side] = chunks.length;
  return { records, trail: { generation, chunks: counts } };
}

function cutIntoChunks(fold: PartitionFold, generation: number): Chunk[] {
  const chunks: Chunk[] = [];
  let length = Number.POSITIVE_INFINITY;
  const roomFor = (size: number): Chunk => {
    if (length + size > CHUNK_LENGTH) {
      chunks.push({ generation, views: [], finals: [] });
      length = 0;
    }
    length += size;
    return chunks[chunks.length - 1] as Chunk;
  };
  for (const { environmentId, stage, stageAtMs, state } of fold.views.values()) {
    const text = serializeView(state);
    roomFor(text.length).views.push({ environmentId, stage, stageAtMs, state: text });
  }
  for (const entry of fold.finals) roomFor(FINAL_LENGTH).finals.push(entry);
  return chunks;
}

/** Fills an empty fold from the newest whole checkpoint among the records; starts a trail where there is none. */
export async function readCheckpoint(
  partition: number,
  records: AsyncIterable<StoredRecord>,
  fold: PartitionFold,
): Promise<{ trail: CheckpointTrail; found: boolean }> {
  const newest = new Map<string, Buffer>();
  for await (const { key, value } of records) newest.set(key, value);

  const trail: CheckpointTrail = { generation: 0, chunks: [0, 0] };
  const candidates: { marker: Marker; chunks: Chunk[] }[] = [];
  for (const side of [0, 1] as const) {
    const marker = decode<Marker>(newest.get(`${partition}/${side}/marker`));
    if (marker === null) continue;
    trail.generation = Math.max(trail.generation, marker.generation);
    trail.chunks[side] = marker.chunks;
    const chunks = Array.from({ length: marker.chunks }, (_, index) =>
      decode<Chunk>(newest.get(`${partition}/${side}/${index}`)),
    );
    const whole = chunks.filter((chunk) => chunk !== null && chunk.generation === marker.generation) as Chunk[];
    if (whole.length === marker.chunks) candidates.push({ marker, chunks: whole });
  }
  const best = candidates.sort((a, b) => b.marker.generation - a.marker.generation)[0];
  if (best !== undefined) fill(fold, best.marker, best.chunks);
  return { trail, found: best !== undefined };
}

function decode<T>(value: Buffer | undefined): T | null {
  if (value === undefined || value.length === 0) return null;
  return JSON.parse(zstdDecompressSync(value).toString("utf8")) as T;
}

function fill(fold: PartitionFold, marker: Marker, chunks: readonly Chunk[]): void {
  for (const chunk of chunks) {
    for (const { environmentId, stage, stageAtMs, state } of chunk.views) {
      const view = restoreView(state);
      const open = { ...newOpenView(environmentId, view), stage, stageAtMs, dirty: false };
      fold.views.set(viewKey(environmentId, view.viewId), open);
    }
    for (const [key, final] of chunk.finals) fold.finals.set(key, final);
  }
  fold.nextOffset = marker.nextOffset;
  fold.watermarkMs = marker.watermarkMs;
}
