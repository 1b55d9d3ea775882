import { describe, expect, it } from "vitest";
import type { SampleTable } from "../mp4/movie.ts";
import { withShortRows } from "./raw-sound.ts";
import { tableOf, trackOf } from "./testing/tables.ts";

/** Chunks of these many ticks, four bytes each. */
function rawTrack(chunks: readonly number[], entryTypes = ["sowt"]) {
  const starts = chunks.map((_, n) => chunks.slice(0, n).reduce((sum, ticks) => sum + ticks, 0));
  const samples = chunks.map((ticks, n) => ({ dts: starts[n] ?? 0, pts: starts[n] ?? 0, size: ticks * 4 }));
  return trackOf(tableOf(samples, chunks.at(-1)), { kind: "audio", timescale: 48_000, entryTypes });
}

const sum = (values: Uint32Array): number => values.reduce((total, value) => total + value, 0);

describe("withShortRows", () => {
  it("splits chunks without losing a byte or a tick", () => {
    const track = rawTrack([100_000, 4_800, 1]);
    const { samples } = withShortRows(track);
    expect(samples.count).toBe(21 + 1 + 1);
    expect(Math.max(...samples.duration)).toBe(4_800);
    expect([sum(samples.duration), sum(samples.size)]).toEqual([104_801, 104_801 * 4]);
    for (let row = 1; row < samples.count; row += 1) {
      const previous = (column: keyof Pick<SampleTable, "offset" | "dts">) => samples[column][row - 1] ?? 0;
      expect(samples.offset[row]).toBe(previous("offset") + (samples.size[row - 1] ?? 0));
      expect(samples.dts[row]).toBe(previous("dts") + (samples.duration[row - 1] ?? 0));
    }
  });

  it("leaves packets alone, however long they last", () => {
    const packets = rawTrack([100_000], ["mp4a"]);
    expect(withShortRows(packets)).toBe(packets);
    const short = rawTrack([1_024, 1_024]);
    expect(withShortRows(short)).toBe(short);
  });

  it("refuses what lasts for days", () => {
    expect(() => withShortRows(rawTrack(Array<number>(60).fill(2 ** 29)))).toThrow("12 hours");
  });
});
