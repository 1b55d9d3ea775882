import { type Box, Fields, readBoxes } from "./box-reader.ts";
import { box, concat, fullBox, u32, u64s } from "./box-writer.ts";
import type { MovieBox } from "./locate.ts";

/** Boxes on the way to the chunk offsets (ISO/IEC 14496-12 §8.1 to §8.7). */
const CONTAINERS = new Set(["moov", "trak", "mdia", "minf", "stbl"]);

/**
 * The index of a file as it has to be when it comes right behind the brand: every chunk lies further back by its length. All else
 * of it stays as it is. The rest of the file follows in its order, without the old index.
 */
export function indexAtFront({ moov, moovStart }: Pick<MovieBox, "moov" | "moovStart">): Uint8Array {
  // the offsets are written with 64 bits, so the length does not depend on them
  const { length } = withOffsets(moov, (offset) => offset);
  return withOffsets(moov, (offset) => offset + length - (offset < moovStart ? 0 : moov.length));
}

function withOffsets(moov: Uint8Array, move: (offset: number) => number): Uint8Array {
  return concat(...readBoxes(moov).map((one) => rewrite(one, move)));
}

function rewrite({ type, bytes, body }: Box, move: (offset: number) => number): Uint8Array {
  if (CONTAINERS.has(type)) return box(type, ...readBoxes(body).map((one) => rewrite(one, move)));
  if (type !== "stco" && type !== "co64") return bytes;
  const fields = new Fields(body).skip(4);
  const isLong = type === "co64";
  const offsets = Array.from({ length: fields.countOf(isLong ? 8 : 4) }, () =>
    move(isLong ? fields.u64() : fields.u32()),
  );
  return fullBox("co64", 0, 0, u32(offsets.length), u64s(offsets));
}
