import type { ByteRangeSet } from "../byte-ranges.ts";
import { asBuffer } from "./cut-pieces.ts";
import { type Cell, cellAt, type Run } from "./draft-cells.ts";

export interface Receiving {
  offset: number;
  partBytes: number;
  /** What needs not be stored again. */
  durable: ByteRangeSet;
  /** Makes bytes of one cell durable. */
  store: (cell: Cell, runs: readonly Run[]) => Promise<void>;
}

/**
 * Hands on a stream's bytes cell by cell: one is stored while the next one arrives, so that two are in memory. In the end all that
 * came is stored, also when the stream broke; then that failure rejects.
 */
export async function receiveDraft(body: AsyncIterable<unknown>, to: Receiving): Promise<void> {
  const { offset, partBytes, durable } = to;
  let at = offset;
  let held: Held[] = [];
  let storing: Promise<void> = Promise.resolve();
  const flush = async (cell: Cell): Promise<void> => {
    const runs = held.map(({ start, chunks }) => ({ start, bytes: Buffer.concat(chunks) }));
    held = [];
    await storing;
    storing = runs.length === 0 ? Promise.resolve() : to.store(cell, runs);
    storing.catch(() => {}); // heard when it is awaited
  };
  try {
    for await (const chunk of body) {
      for (let rest = asBuffer(chunk); rest.length > 0; ) {
        const cell = cellAt(at, partBytes);
        const taken = rest.subarray(0, cell.end - at);
        hold(held, durable, at, taken);
        at += taken.length;
        rest = rest.subarray(taken.length);
        if (at === cell.end) await flush(cell);
      }
    }
  } finally {
    if (held.length > 0) await flush(cellAt(at - 1, partBytes));
    await storing;
  }
}

interface Held {
  start: number;
  end: number;
  chunks: Buffer[];
}

/** Keeps those bytes of the chunk that are not there yet. */
function hold(held: Held[], durable: ByteRangeSet, at: number, chunk: Buffer): void {
  for (const { start, end } of durable.missing({ start: at, end: at + chunk.length })) {
    const bytes = chunk.subarray(start - at, end - at);
    const last = held.at(-1);
    if (last?.end !== start) held.push({ start, end, chunks: [bytes] });
    else {
      last.chunks.push(bytes);
      last.end = end;
    }
  }
}
