import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Track } from "../mp4/movie.ts";
import { audioEntry, buildEsds, buildStsd } from "../mp4/testing/build-moov.ts";
import { clipSound } from "./clip-sound.ts";
import { heardTicks, indexSound } from "./sound-index.ts";
import { tableOf, trackOf } from "./testing/tables.ts";

const RATE = 48_000;
const PACKET = 1_024;
const MOVIE = { timescale: 48_000 };
const AAC = buildStsd([audioEntry("mp4a", 2, RATE, 0, buildEsds(0x40, [0x11, 0x90]))]);
const MP3 = buildStsd([audioEntry("mp4a", 2, RATE, 0, buildEsds(0x6b, []))]);

function soundOf(packets: number, facts: Partial<Track> = {}, originSeconds = 0) {
  const samples = Array.from({ length: packets }, (_, n) => ({ dts: n * PACKET, pts: n * PACKET, size: 1_000 + n }));
  const track = trackOf(tableOf(samples, PACKET), {
    ...{ kind: "audio", timescale: RATE, entryTypes: ["mp4a"], stsd: AAC },
    ...facts,
  });
  const index = indexSound(MOVIE, track, originSeconds);
  if (index === null) throw new Error("nothing is heard");
  return { track, index };
}

/** The clip's sound as the engine reads it from its own file. */
function heardAgain(track: Track, cut: NonNullable<ReturnType<typeof clipSound>>) {
  const edits = [
    ...(cut.delay === 0 ? [] : [{ durationTicks: cut.delay, mediaTime: -1, rate: 1 }]),
    { durationTicks: cut.shownTicks, mediaTime: cut.editMediaTime, rate: 1 },
  ];
  const index = indexSound(MOVIE, { ...track, samples: cut.table, edits }, 0);
  if (index === null) throw new Error("nothing is heard");
  return index;
}

describe("clipSound", () => {
  it("leaves every packet at its time, to half a tick, and covers the span to half a packet", () => {
    const spans = fc.tuple(fc.double({ min: 0, max: 15, noNaN: true }), fc.double({ min: 0.5, max: 10, noNaN: true }));
    fc.assert(
      fc.property(spans, ([startSeconds, lengthSeconds]) => {
        const edits = [{ durationTicks: 2_000_000, mediaTime: PACKET, rate: 1 }];
        const { track, index } = soundOf(1_000, { edits });
        const endSeconds = Math.min(20, startSeconds + lengthSeconds);
        const cut = clipSound({ track, index }, { startSeconds, endSeconds });
        if (cut === null) throw new Error("nothing was cut");
        const again = heardAgain(track, cut);
        const firstOfAll = (cut.table.size[again.firstPacket] ?? 0) - 1_000;
        const wanted = heardTicks(index, firstOfAll - index.firstPacket) - startSeconds * RATE;
        expect(Math.abs(heardTicks(again, 0) - wanted)).toBeLessThanOrEqual(0.5);
        expect(heardTicks(again, 0)).toBeLessThanOrEqual(0);
        const end = heardTicks(again, again.times.length - 1);
        expect(Math.abs(end - (endSeconds - startSeconds) * RATE)).toBeLessThanOrEqual(PACKET / 2 + 1);
      }),
    );
  });

  it("keeps the packet before the first of AAC, a quarter of a second before that of others", () => {
    const span = { startSeconds: (100 * PACKET) / RATE, endSeconds: (200 * PACKET) / RATE };
    const first = (stsd: Uint8Array) => (clipSound(soundOf(300, { stsd }), span)?.table.size[0] ?? 0) - 1_000;
    expect(first(AAC)).toBe(99);
    expect(first(MP3)).toBe(88);
  });

  it("delays what begins within the span", () => {
    const edits = [
      { durationTicks: 2 * RATE, mediaTime: -1, rate: 1 },
      { durationTicks: 100 * PACKET, mediaTime: 0, rate: 1 },
    ];
    const cut = clipSound(soundOf(100, { edits }), { startSeconds: 0.5, endSeconds: 3 });
    expect(cut).toMatchObject({ delay: 1.5 * RATE, editMediaTime: 0, shownTicks: RATE });
  });

  it("is null where it is over, and before it begins", () => {
    expect(clipSound(soundOf(100), { startSeconds: 2.2, endSeconds: 4 })).toBeNull();
    const edits = [
      { durationTicks: 5 * RATE, mediaTime: -1, rate: 1 },
      { durationTicks: 100 * PACKET, mediaTime: 0, rate: 1 },
    ];
    expect(clipSound(soundOf(100, { edits }), { startSeconds: 1, endSeconds: 4 })).toBeNull();
  });

  it("ends raw sound with the span", () => {
    const rows = Array.from({ length: 40 }, (_, n) => ({ dts: n * 4_800, pts: n * 4_800, size: 19_200 }));
    const track = trackOf(tableOf(rows, 4_800), { kind: "audio", timescale: RATE, entryTypes: ["sowt"] });
    const index = indexSound(MOVIE, track, 0);
    if (index === null) throw new Error("nothing is heard");
    const cut = clipSound({ track, index }, { startSeconds: 1, endSeconds: 2.01 });
    expect(cut?.tickBytes).toBe(4);
    expect(cut?.table.duration.reduce((sum, ticks) => sum + ticks, 0)).toBe(1.01 * RATE + 4_800);
    expect(cut?.table.size.at(-1)).toBe(480 * 4);
    expect(cut).toMatchObject({ editMediaTime: 4_800, shownTicks: 1.01 * RATE });
  });
});
