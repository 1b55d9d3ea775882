import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBoxes, requireBox } from "../mp4/box-reader.ts";
import { fullBox, u32 } from "../mp4/box-writer.ts";
import { parseMovie, type SampleTable } from "../mp4/movie.ts";
import { writeProgressiveHead } from "../mp4/progressive-movie.ts";
import { clipPicture } from "./clip-picture.ts";
import type { ClippedTrack } from "./clipped-track.ts";
import { indexPictures, type PictureIndex } from "./picture-index.ts";
import { canCopySegments } from "./segment-boundaries.ts";
import { gopTable, trackOf } from "./testing/tables.ts";

const RATE = 25;
const MOVIE = { timescale: 1_000 };

/** Pictures whose size tells which one it is, by its place in the presentation. */
function film(pictures: number, gop: number, timescale = RATE, ticks = 1) {
  const plain = gopTable(pictures, gop);
  const times = (column: Float64Array | Int32Array | Uint32Array) => column.map((value) => value * ticks);
  const table: SampleTable = {
    ...plain,
    dts: times(plain.dts) as Float64Array,
    cts: times(plain.cts) as Int32Array,
    duration: times(plain.duration) as Uint32Array,
    size: plain.size.map((_, sample) => 100 + (plain.dts[sample] ?? 0) + (plain.cts[sample] ?? 0) - 2),
  };
  const track = trackOf(table, { timescale });
  return { track, index: indexPictures(MOVIE, track) };
}

/** The clip as a file of its own is read again. */
function readAgain(cut: ClippedTrack, timescale: number): { index: PictureIndex; table: SampleTable; shown: number[] } {
  const { table, ...shown } = cut;
  const samples = Array.from({ length: table.count }, (_, row) => ({
    size: table.size[row] ?? 0,
    duration: table.duration[row] ?? 0,
    ctsOffset: table.cts[row] ?? 0,
    isSync: table.isSync[row] === 1,
  }));
  const description = {
    kind: "video" as const,
    timescale,
    stsd: fullBox("stsd", 0, 0, u32(0)),
    widthPx: 1,
    heightPx: 1,
  };
  const head = writeProgressiveHead([{ ...description, ...shown, chunks: [samples] }], {
    movieTimescale: timescale * 7,
  });
  const movie = parseMovie(requireBox(readBoxes(head.subarray(0, -16)), "moov").bytes);
  const [track] = movie.tracks;
  if (track === undefined) throw new Error("no track");
  const index = indexPictures(movie, track);
  return {
    index,
    table: track.samples,
    shown: [...index.samples].map((sample) => (track.samples.size[sample] ?? 0) - 100),
  };
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const span = (startSeconds: number, endSeconds: number) => ({ startSeconds, endSeconds });

describe("clipPicture", () => {
  it("shows the pictures of any span, each at its time, however it lies to groups and reordering", () => {
    const spans = fc.tuple(
      fc.integer({ min: 0, max: 80 }),
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom(6, 10, 100),
    );
    fc.assert(
      fc.property(spans, fc.boolean(), ([from, length, gop], areSyncsTrue) => {
        const to = Math.min(100, from + length);
        const cut = clipPicture(film(100, gop), span(from / RATE, to / RATE), areSyncsTrue);
        if (cut === null) throw new Error("nothing was cut");
        const { index, shown } = readAgain(cut, RATE);
        expect(shown).toEqual(numbers(from, to));
        expect([...index.times].map((time) => time / index.factor)).toEqual(numbers(0, to - from));
        expect(index.end / index.factor).toBe(to - from);
        expect([index.presentationStart, cut.startSeconds]).toEqual([0, from / RATE]);
      }),
    );
  });

  it("takes any times, however coarse the clock", () => {
    const times = fc.tuple(fc.double({ min: 0, max: 3.4, noNaN: true }), fc.double({ min: 0.5, max: 4, noNaN: true }));
    fc.assert(
      fc.property(times, fc.constantFrom(1, 2, 512, 1_001), ([startSeconds, length], ticks) => {
        const endSeconds = Math.min(4, startSeconds + length);
        const cut = clipPicture(film(100, 10, RATE * ticks, ticks), { startSeconds, endSeconds }, true);
        if (cut === null) throw new Error("nothing was cut");
        const { index, shown } = readAgain(cut, RATE * ticks);
        const wanted = numbers(0, 100).filter(
          (n) => (n + 1) / RATE > startSeconds + 0.001 && n / RATE < endSeconds - 0.001,
        );
        expect(shown).toEqual(wanted);
        const tick = 1 / (RATE * ticks);
        expect(Math.abs(cut.startSeconds - startSeconds)).toBeLessThan(tick + 0.001);
        expect(Math.abs(index.end / index.timescale - (endSeconds - startSeconds))).toBeLessThan(2 * tick + 0.002);
      }),
    );
  });

  it("begins and ends within pictures where the span does", () => {
    const source = film(50, 10, 12_800, 512);
    const cut = clipPicture(source, span(0.41, 1.21), true);
    if (cut === null) throw new Error("nothing was cut");
    const { index, shown } = readAgain(cut, 12_800);
    expect(shown).toEqual(numbers(10, 31));
    expect([...index.times.slice(0, 3)]).toEqual([0, 11 * 512 - 5_248, 12 * 512 - 5_248]);
    expect([index.end / 12_800, cut.startSeconds]).toEqual([0.8, 0.41]);
  });

  it("takes a time that was rounded for the picture that is meant", () => {
    const source = film(100, 10, 30_000, 1_001);
    for (const [start, end] of [
      [0.0333, 0.6673],
      [0.0334, 0.6674],
    ] as const) {
      const cut = clipPicture(source, span(start, end), true);
      if (cut === null) throw new Error("nothing was cut");
      expect(readAgain(cut, 30_000).shown).toEqual(numbers(1, 20));
      expect(cut.shownTicks).toBe(19 * 1_001);
    }
  });

  it("keeps nothing that is not shown where groups begin and end with the span, so that it can be copied", () => {
    const cut = clipPicture(film(100, 10), span(20 / RATE, 60 / RATE), true);
    if (cut === null) throw new Error("nothing was cut");
    expect(cut.table.count).toBe(40);
    const { index, table } = readAgain(cut, RATE);
    expect(canCopySegments(index, table, [0, 10, 20, 30])).toBe(true);
  });

  it("keeps earlier groups to begin with where sync samples may not be what they say", () => {
    const cut = clipPicture(film(100, 10), span(50 / RATE, 60 / RATE), false);
    expect(cut?.table.count).toBe(40);
    expect(clipPicture(film(100, 10), span(55 / RATE, 60 / RATE), true)?.table.count).toBe(40);
  });

  it("is null behind the last picture", () => {
    expect(clipPicture(film(100, 10), span(4, 5), true)).toBeNull();
    expect(clipPicture(film(100, 10), span(3.97, 5), true)?.shownTicks).toBe(1);
  });

  it("shows a picture that stays for as long as the span has it", () => {
    const source = film(4, 4, 1_000, 5_000);
    const cut = clipPicture(source, span(6, 8.5), true);
    if (cut === null) throw new Error("nothing was cut");
    const { index, shown } = readAgain(cut, 1_000);
    expect(shown).toEqual([1]);
    expect(index.end / index.timescale).toBe(2.5);
  });
});
