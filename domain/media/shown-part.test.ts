import { describe, expect, it } from "vitest";
import { indexPictures } from "./picture-index.ts";
import { picturesUntil, soundUntil } from "./shown-part.ts";
import { soundGrid } from "./sound-grid.ts";
import { heardTicks, indexSound, soundEndSeconds } from "./sound-index.ts";
import { gopTable, tableOf, trackOf } from "./testing/tables.ts";

const MOVIE = { timescale: 1_000 };
const pictures = (count: number) => indexPictures(MOVIE, trackOf(gopTable(count, 50)));

function sound(packets: number, delayTicks = 0) {
  const table = tableOf(
    Array.from({ length: packets }, (_, n) => ({ dts: n * 1_024, pts: n * 1_024 })),
    1_024,
  );
  const edits = [
    ...(delayTicks > 0 ? [{ durationTicks: delayTicks, mediaTime: -1, rate: 1 }] : []),
    { durationTicks: 0, mediaTime: 0, rate: 1 },
  ];
  const index = indexSound(MOVIE, trackOf(table, { kind: "audio", timescale: 44_100, edits }), 0);
  if (index === null) throw new Error("it is heard");
  return index;
}

describe("picturesUntil", () => {
  it("keeps those that begin before, and ends the last one there", () => {
    const index = picturesUntil(pictures(1_000), 10);
    expect([index.times.length, index.samples.length, index.end]).toEqual([250, 250, 10 * index.timescale]);
    const between = picturesUntil(pictures(1_000), 9.99);
    expect([between.times.length, between.end]).toEqual([250, Math.floor(9.99 * between.timescale)]);
  });

  it("leaves a shorter film as it is", () => {
    expect(picturesUntil(pictures(100), 10)).toEqual(pictures(100));
  });
});

describe("soundUntil", () => {
  it("keeps whole packets that are over by then, also when they are encoded anew", () => {
    const index = soundUntil(sound(1_000), 10);
    if (index === null) throw new Error("it is heard");
    expect(soundEndSeconds(index)).toBeLessThanOrEqual(10);
    expect(soundEndSeconds(index)).toBeGreaterThan(9.9);
    expect(index.endPacket).toBe(index.firstPacket + index.times.length - 1);
    for (const sampleRate of [44_100, 48_000]) {
      const grid = soundGrid(sampleRate, soundEndSeconds(index));
      expect(heardTicks(grid, grid.times.length - 1) / sampleRate).toBeLessThanOrEqual(10);
    }
  });

  it("leaves a shorter sound as it is, and drops one that begins later", () => {
    expect(soundUntil(sound(100), 10)).toEqual(sound(100));
    expect(soundUntil(sound(100, 11_000), 10)).toBeNull();
  });
});
