import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexSound } from "./sound-index.ts";
import { soundInput } from "./sound-input.ts";
import { tableOf, trackOf } from "./testing/tables.ts";

const RATE = 48_000;
const PACKET = 1_152;
/** `stsd` of one entry that says nothing but its type. */
const STSD = Uint8Array.from([
  ...[0, 0, 0, 52, 0x73, 0x74, 0x73, 0x64, 0, 0, 0, 0, 0, 0, 0, 1],
  ...[0, 0, 0, 36, 0x2e, 0x6d, 0x70, 0x33],
  ...Array<number>(28).fill(0),
]);

/** 4,000 packets, 96 s. */
function source(starts = Array.from({ length: 4_000 }, (_, n) => n * PACKET)) {
  const table = tableOf(
    starts.map((dts) => ({ dts, pts: dts })),
    PACKET,
  );
  const track = trackOf(table, { kind: "audio", timescale: RATE, stsd: STSD });
  const index = indexSound({ timescale: 1_000 }, track, 0);
  if (index === null) throw new Error("it is heard");
  return { track, index };
}

describe("soundInput", () => {
  it("has all packets that are heard, and a quarter of a second before them", () => {
    const { track, index } = source();
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 90, noNaN: true }),
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        (start, length) => {
          const input = soundInput(track, index, start, start + length);
          if (input === null) throw new Error("there is sound everywhere");
          const { first, end } = input.packets;
          expect((first * PACKET) / RATE).toBeLessThanOrEqual(Math.max(0, start - 0.25));
          expect((first * PACKET) / RATE).toBeGreaterThanOrEqual(start - 0.31);
          expect((end * PACKET) / RATE).toBeGreaterThanOrEqual(start + length);
        },
      ),
    );
  });

  it("knows where the file has a hole, and where it is over", () => {
    const hole = [...Array.from({ length: 100 }, (_, n) => n * PACKET), 60 * RATE];
    const { track, index } = source(hole);
    expect(soundInput(track, index, 10, 20)).toMatchObject({ beginsWithin: false });
    expect(soundInput(track, index, 50, 60.01)).toMatchObject({ beginsWithin: true });
    expect(soundInput(track, index, 70, 80)).toBeNull();
  });
});
