import type { OpenView } from "./open-view.ts";

/**
 * Rewritten where fewer than this part of its views still stand there. Others stay as they are: most views of a busy site
 * are complete and wait, unchanged, to become final.
 */
const LEAST_ALIVE = 0.5;
/** What stands in a checkpoint is written anew after so many (3 minutes), so that old segments can go: a start reads all. */
export const MAX_AGE = 9;

/** Some views in one record of the checkpoint; a view that is too large for one in several. */
export interface SavedChunk {
  readonly key: string;
  readonly records: number;
  /** Number of the checkpoint that wrote it. */
  readonly writtenBy: number;
  /** In the order of the record; null for what has changed since and stands elsewhere. */
  readonly views: (OpenView | null)[];
  alive: number;
}

/** Which open views a checkpoint holds already, and where. Each view stands in one chunk at most. */
export class SavedViews {
  readonly #chunks = new Map<string, SavedChunk>();
  readonly #unsaved = new Set<OpenView>();

  /** Those that hold any view. */
  chunks(): SavedChunk[] {
    return [...this.#chunks.values()];
  }

  /** The view's state is no longer what a checkpoint holds. */
  change(open: OpenView): void {
    this.#leave(open);
    this.#unsaved.add(open);
  }

  /** The view is open no more. */
  remove(open: OpenView): void {
    this.#leave(open);
    this.#unsaved.delete(open);
  }

  /** What checkpoint number `checkpoint` has to write: changed views, and those of chunks that are hardly used or old. */
  take(checkpoint: number): OpenView[] {
    const taken = [...this.#unsaved];
    for (const chunk of this.#chunks.values()) {
      const worn = chunk.alive < chunk.views.length * LEAST_ALIVE || checkpoint - chunk.writtenBy >= MAX_AGE;
      if (!worn) continue;
      for (const open of chunk.views) if (open !== null) taken.push(open);
    }
    return taken;
  }

  /** The views stand in this chunk from now on; null in places of it that are void. */
  save(place: Pick<SavedChunk, "key" | "records" | "writtenBy">, views: readonly (OpenView | null)[]): SavedChunk {
    const chunk: SavedChunk = { ...place, views: [...views], alive: 0 };
    for (const [at, open] of views.entries()) {
      if (open === null) continue;
      chunk.alive += 1;
      this.remove(open);
      open.savedIn = chunk;
      open.savedAt = at;
    }
    this.#chunks.set(chunk.key, chunk);
    return chunk;
  }

  /** A chunk could not be written: what stands in it has to be written again. */
  lose(chunk: SavedChunk): void {
    for (const open of [...chunk.views]) if (open !== null) this.change(open);
    this.#chunks.delete(chunk.key);
  }

  #leave(open: OpenView): void {
    const chunk = open.savedIn;
    if (chunk === null) return;
    open.savedIn = null;
    chunk.views[open.savedAt] = null;
    chunk.alive -= 1;
    if (chunk.alive === 0) this.#chunks.delete(chunk.key);
  }
}

/** One bit for each view of a chunk, set for those that still stand there; "" when all do. */
export function aliveBits({ views, alive }: SavedChunk): string {
  if (alive === views.length) return "";
  const bits = Buffer.alloc(Math.ceil(views.length / 8));
  for (const [at, open] of views.entries()) if (open !== null) setBit(bits, at);
  return bits.toString("base64");
}

/** The counterpart. */
export function aliveAt(bits: string): (at: number) => boolean {
  if (bits === "") return () => true;
  const bytes = Buffer.from(bits, "base64");
  return (at) => ((bytes[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
}

function setBit(bits: Buffer, at: number): void {
  bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
}
