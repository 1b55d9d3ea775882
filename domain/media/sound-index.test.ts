import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audioEntry, buildEsds, buildStsd } from "../mp4/testing/build-moov.ts";
import { endingBy, heardTicks, indexSound, soundBoundaries, soundCuts } from "./sound-index.ts";
import { tableOf, trackOf } from "./testing/tables.ts";

const RATE = 48_000;
const PACKET = 1_024;
const AAC = buildStsd([audioEntry("mp4a", 2, RATE, 0, buildEsds(0x40, [0x11, 0x90]))]);
const MOVIE = { timescale: 1_000 };

function sound(packets: number, facts: Parameters<typeof trackOf>[1] = {}, originSeconds = 0) {
  const samples = Array.from({ length: packets }, (_, n) => ({ dts: n * PACKET, pts: n * PACKET }));
  const track = trackOf(tableOf(samples, PACKET), {
    kind: "audio",
    timescale: RATE,
    entryTypes: ["mp4a"],
    stsd: AAC,
    ...facts,
  });
  return indexSound(MOVIE, track, originSeconds);
}

describe("indexSound", () => {
  it("keeps the encoder's priming and hides it as the source does", () => {
    const edits = [{ durationTicks: 2_000, mediaTime: PACKET, rate: 1 }];
    const index = sound(100, { edits });
    expect(index).toMatchObject({ firstPacket: 0, lead: 0, editMediaTime: PACKET });
    expect(index && heardTicks(index, 1)).toBe(0);
  });

  it("delays a sound that begins late", () => {
    const edits = [
      { durationTicks: 500, mediaTime: -1, rate: 1 },
      { durationTicks: 2_000, mediaTime: 0, rate: 1 },
    ];
    expect(sound(100, { edits })).toMatchObject({ lead: RATE / 2, editMediaTime: 0 });
  });

  it("drops what is heard before the first picture, but for one packet that the decoder needs", () => {
    const index = sound(100, {}, 0.1); // 4,800 ticks: four packets and 704 ticks
    expect(index).toMatchObject({ firstPacket: 3, lead: 0, editMediaTime: 4_800 - 3 * PACKET });
  });

  it("keeps a quarter of a second of what takes as long to decode rightly", () => {
    const entry = audioEntry(".mp3", 2, RATE, 0);
    const index = sound(100, { entryTypes: [".mp3"], stsd: buildStsd([entry]) }, 1);
    expect(index?.firstPacket).toBe(35); // heard 0.253 s before
    expect(index && heardTicks(index, 12)).toBe(47 * PACKET - RATE);
  });

  it("is null when all of it is over before the first picture", () => {
    expect(sound(3, {}, 10)).toBeNull();
  });

  it("adds nothing to the source's own offset, whatever that is", () => {
    const anyStart = fc.tuple(fc.nat(4_000), fc.nat(2_000), fc.nat(3_000));
    fc.assert(
      fc.property(anyStart, ([mediaTime, delayMs, originMs]) => {
        const edits = [
          { durationTicks: delayMs, mediaTime: -1, rate: 1 },
          { durationTicks: 60_000, mediaTime, rate: 1 },
        ];
        const index = sound(2_000, { edits }, originMs / 1_000);
        if (index === null) return;
        const wantedTicks =
          (index.firstPacket + 7) * PACKET - mediaTime + (delayMs * RATE) / 1_000 - (originMs * RATE) / 1_000;
        expect(Math.abs(heardTicks(index, 7) - wantedTicks)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("soundCuts", () => {
  it("cuts within half a packet of the plan, every packet once", () => {
    const index = sound(470, { edits: [{ durationTicks: 0, mediaTime: PACKET, rate: 1 }] });
    if (index === null) throw new Error("the sound is heard");
    const plan = [0, 2, 4, 8, 10.01];
    const cuts = soundCuts(index, plan);
    expect([cuts[0], cuts.at(-1)]).toEqual([0, 470]);
    for (const [n, place] of cuts.slice(1, -1).entries()) {
      const wanted = (plan[n + 1] ?? 0) * RATE;
      expect(Math.abs(heardTicks(index, place) - wanted)).toBeLessThanOrEqual(PACKET / 2);
    }
  });

  it("leaves segments empty where the sound has ended", () => {
    const index = sound(47);
    if (index === null) throw new Error("the sound is heard");
    expect(soundCuts(index, [0, 2, 4, 8])).toEqual([0, 47, 47, 47]);
  });

  it("gives the first segment the first packet of a sound that begins later", () => {
    const index = sound(470, { edits: [{ durationTicks: 5_000, mediaTime: -1, rate: 1 }] });
    if (index === null) throw new Error("the sound is heard");
    const cuts = soundCuts(index, [0, 2, 4, 8, 12]);
    expect(cuts.slice(0, 3)).toEqual([0, 1, 1]);
    const boundaries = soundBoundaries(index, cuts);
    expect(boundaries[0]).toBe(0);
    expect(boundaries.every((ticks, n) => n === 0 || ticks >= (boundaries[n - 1] ?? 0))).toBe(true);
  });
});

describe("endingBy", () => {
  const index = sound(100);
  if (index === null) throw new Error("it is heard");

  it("leaves out what begins only when the film is over", () => {
    const cut = endingBy(index, (10.5 * PACKET) / RATE);
    expect([cut.endPacket, cut.times.length, heardTicks(cut, cut.times.length - 1)]).toEqual([11, 12, 11 * PACKET]);
    expect(soundCuts(cut, [0, (5 * PACKET) / RATE, (10.5 * PACKET) / RATE])).toEqual([0, 5, 11]);
  });

  it("changes nothing of one that is not longer, and leaves a packet of one that begins later", () => {
    expect(endingBy(index, (99.5 * PACKET) / RATE)).toBe(index);
    expect(endingBy(index, 1_000)).toBe(index);
    expect(endingBy(index, 0).endPacket).toBe(1);
  });
});
