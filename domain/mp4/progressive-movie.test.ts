import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mediaTimeOf } from "../media/picture-index.ts";
import { readBoxes, requireBox } from "./box-reader.ts";
import { fullBox, u32 } from "./box-writer.ts";
import type { FragmentSample } from "./fragment.ts";
import { type Movie, parseMovie } from "./movie.ts";
import { type ProgressiveOptions, type ProgressiveTrack, writeProgressiveHead } from "./progressive-movie.ts";
import { audioEntry, buildStsd } from "./testing/build-moov.ts";

const STSD = fullBox("stsd", 0, 0, u32(0));

const track = (chunks: FragmentSample[][], change: Partial<ProgressiveTrack> = {}): ProgressiveTrack => ({
  ...{ kind: "video", timescale: 30_000, stsd: STSD, widthPx: 640, heightPx: 360, delay: 0, editMediaTime: 0, chunks },
  ...change,
});

function read(tracks: readonly ProgressiveTrack[], options?: ProgressiveOptions) {
  const head = writeProgressiveHead(tracks, options);
  return { movie: moovOf(head), headBytes: head.length };
}

function moovOf(head: Uint8Array): Movie {
  return parseMovie(requireBox(readBoxes(head.subarray(0, -16)), "moov").bytes);
}

function fail(): never {
  throw new Error("no track");
}

const sample = fc.record({
  size: fc.integer({ min: 1, max: 1e6 }),
  duration: fc.integer({ min: 1, max: 5_000 }),
  ctsOffset: fc.integer({ min: -3_000, max: 3_000 }),
  isSync: fc.boolean(),
});
/** Each begins with a sync sample, as segments do: a track without any cannot be told. */
const chunksOf = (count: number) =>
  fc
    .array(fc.array(sample, { maxLength: 9 }), { minLength: count, maxLength: count })
    .map((chunks) => chunks.map(([first, ...rest]) => (first ? [{ ...first, isSync: true }, ...rest] : [])));

describe("writeProgressiveHead", () => {
  it("tells every sample's place, size, time and whether it is a sync sample", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }).chain((count) => fc.tuple(chunksOf(count), chunksOf(count))),
        ([pictures, others]) => {
          const tracks = [track(pictures), track(others, { timescale: 48_000 })];
          const { movie, headBytes } = read(tracks);
          let place = headBytes;
          const at = [0, 0];
          const times = [0, 0];
          const shifts = tracks.map(({ chunks }) => Math.max(0, ...chunks.flat().map(({ ctsOffset }) => -ctsOffset)));
          for (const chunk of pictures.keys()) {
            for (const [n, { chunks }] of tracks.entries()) {
              for (const { size, duration, ctsOffset, isSync } of chunks[chunk] ?? []) {
                const table = movie.tracks[n]?.samples;
                const index = at[n] ?? 0;
                if (table === undefined) throw new Error("no track");
                const shown = mediaTimeOf(table, index) - (shifts[n] ?? 0);
                expect([table.offset[index], table.size[index], shown, table.isSync[index] === 1]).toEqual([
                  place,
                  size,
                  (times[n] ?? 0) + ctsOffset,
                  isSync,
                ]);
                place += size;
                times[n] = (times[n] ?? 0) + duration;
                at[n] = index + 1;
              }
            }
          }
          expect(movie.tracks.map(({ samples }) => samples.count)).toEqual(at);
        },
      ),
    );
  });

  it("hides what the edit list hides: a late sound waits, priming and shifted offsets are not shown", () => {
    const picture = [{ size: 1, duration: 1_001, ctsOffset: -1_001, isSync: true }];
    const sound = [{ size: 1, duration: 1_024, ctsOffset: 0, isSync: true }];
    const { movie } = read([
      track([picture]),
      track([sound], { kind: "audio", timescale: 48_000, delay: 4_800 }),
      track([sound], { kind: "audio", timescale: 48_000, editMediaTime: 1_000 }),
    ]);
    expect(movie.tracks.map(({ edits }) => edits.map(({ mediaTime }) => mediaTime))).toEqual([
      [1_001],
      [-1, 0],
      [1_000],
    ]);
    expect(movie.tracks[1]?.edits[0]?.durationTicks).toBe(3_000);
  });

  it("hides what the track's own end hides, in a clock that all tracks may have", () => {
    const picture = Array.from({ length: 4 }, () => ({ size: 1, duration: 1_001, ctsOffset: 0, isSync: true }));
    const head = { shownTicks: 2_002, editMediaTime: 1_001 };
    const { movie } = read([track([picture], head)], { movieTimescale: 60_000 });
    expect(movie.timescale).toBe(60_000);
    expect(movie.tracks[0]?.edits).toEqual([{ durationTicks: 4_004, mediaTime: 1_001, rate: 1 }]);
  });

  it("tells a turn, a size in fractions, language and name", () => {
    const one = [{ size: 1, duration: 1, ctsOffset: 0, isSync: true }];
    const facts = { rotationDegrees: 90 as const, widthPx: 853.5, language: "pt-BR", name: "Comentário" };
    const head = writeProgressiveHead([track([one], facts)]);
    expect(moovOf(head).tracks[0]).toMatchObject({
      rotationDegrees: 90,
      headerWidthPx: 853.5,
      language: "pt-BR",
      name: "Comentário",
    });
  });

  it("has a row a tick of raw sound, however its runs lie", () => {
    const runs = [
      [{ size: 400, duration: 100, ctsOffset: 0, isSync: true }],
      [],
      [{ size: 1_200, duration: 300, ctsOffset: 0, isSync: true }],
    ];
    const { movie, headBytes } = read([track(runs, { kind: "audio", timescale: 48_000, tickBytes: 4 })]);
    const { duration, size, offset } = movie.tracks[0]?.samples ?? fail();
    expect([[...duration], [...size], [...offset]]).toEqual([
      [100, 300],
      [400, 1_200],
      [headBytes, headBytes + 400],
    ]);
  });

  it("leaves QuickTime's descriptions of sound as they are in a file that is QuickTime's", () => {
    const stsd = buildStsd([audioEntry("sowt", 2, 48_000, 1)]);
    const runs = [[{ size: 4, duration: 1, ctsOffset: 0, isSync: true }]];
    const head = writeProgressiveHead([track(runs, { kind: "audio", stsd })], { isQuickTime: true });
    expect(Buffer.from(head.subarray(8, 12)).toString()).toBe("qt  ");
    expect(Buffer.from(head).includes(Buffer.from(stsd))).toBe(true);
  });

  it("refuses a file of nothing", () => {
    expect(() => writeProgressiveHead([])).toThrow(RangeError);
  });
});
