import type { SampleTable } from "../mp4/movie.ts";
import { Mp4Error } from "../mp4/mp4-error.ts";
import type { SampleRange } from "./picture-range.ts";

/** Held in memory as a whole while a segment is made: 20 s at 100 Mbit/s, or 4 s of the heaviest camera's 500 Mbit/s. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * Throws Mp4Error where samples that are read together are absurdly heavy. A table of some kilobytes may name the same bytes
 * of the file a million times, all within a second.
 */
export function requireUsualWeight({ size }: Pick<SampleTable, "size">, { first, end }: SampleRange): void {
  let bytes = 0;
  for (let sample = first; sample < end; sample += 1) bytes += size[sample] ?? 0;
  if (bytes > MAX_BYTES) throw new Mp4Error("The file has over 256 MiB of picture or sound in a few seconds");
}
