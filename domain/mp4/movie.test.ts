import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { box, concat, u32, utf8 } from "./box-writer.ts";
import { parseMovie, type SampleTable } from "./movie.ts";
import { Mp4Error } from "./mp4-error.ts";
import { buildMoov, IDENTITY, type TablesToBuild, type TrackToBuild } from "./testing/build-moov.ts";

const PLAIN: TablesToBuild = { stts: [[3, 10]], stsc: [[1, 3]], chunkOffsets: [100], sizes: [5, 6, 7] };

function parseTrack(track: Partial<TrackToBuild>) {
  const parsed = parseMovie(buildMoov([{ ...PLAIN, ...track }])).tracks[0];
  if (parsed === undefined) throw new Error("no track");
  return parsed;
}

const columns = ({ dts, cts, duration, offset, size, isSync }: SampleTable) => ({
  dts: [...dts],
  cts: [...cts],
  duration: [...duration],
  offset: [...offset],
  size: [...size],
  isSync: [...isSync],
});

/** The slow, obvious way: one sample after the other, looking everything up from the beginning. */
function expand(tables: TablesToBuild) {
  const rows: Record<"dts" | "cts" | "duration" | "offset" | "size" | "isSync", number[]> = {
    dts: [],
    cts: [],
    duration: [],
    offset: [],
    size: [],
    isSync: [],
  };
  const placeOf: number[] = [];
  for (const [chunk, chunkOffset] of tables.chunkOffsets.entries()) {
    const run = tables.stsc.findLast(([first]) => first <= chunk + 1);
    let at = chunkOffset;
    for (let n = 0; n < (run?.[1] ?? 0); n++) {
      const sample = placeOf.length;
      placeOf.push(at);
      at += tables.sizes[sample] ?? 0;
    }
  }
  const each = (runs: readonly (readonly [number, number])[]) =>
    runs.flatMap(([count, value]) => Array<number>(count).fill(value));
  const durations = each(tables.stts);
  const offsets = tables.ctts === undefined ? [] : each(tables.ctts);
  for (const [sample, size] of tables.sizes.entries()) {
    rows.dts.push(durations.slice(0, sample).reduce((sum, ticks) => sum + ticks, 0));
    rows.duration.push(durations[sample] ?? Number.NaN);
    rows.cts.push((offsets[sample] ?? 0) | 0);
    rows.offset.push(placeOf[sample] ?? Number.NaN);
    rows.size.push(size);
    rows.isSync.push(tables.stss === undefined || tables.stss.includes(sample + 1) ? 1 : 0);
  }
  return rows;
}

/** Cuts `total` into runs, then gives each a value. */
const runsOf = (total: number, value: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), value), { maxLength: 8 }).map((runs) => {
    const counted = runs.reduce((sum, [count]) => sum + count, 0);
    return [...runs, [Math.max(0, total - counted), 7] as [number, number]];
  });

const randomTables: fc.Arbitrary<TablesToBuild> = fc
  .record({
    perChunk: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }),
    spare: fc.nat(2),
    sizeBits: fc.constantFrom<NonNullable<TablesToBuild["sizeBits"]>>(4, 8, 16, 32, "fixed"),
    hasLongOffsets: fc.boolean(),
    cttsVersion: fc.constantFrom(0 as const, 1 as const),
  })
  .chain(({ perChunk, spare, ...how }) => {
    const count = Math.max(0, perChunk.reduce((sum, samples) => sum + samples, 0) - spare);
    const size = how.sizeBits === "fixed" ? fc.constant(9) : fc.nat(how.sizeBits === 4 ? 15 : 255);
    const stsc = perChunk.flatMap<[number, number]>((samples, chunk) =>
      samples === perChunk[chunk - 1] ? [] : [[chunk + 1, samples]],
    );
    const stss = fc.uniqueArray(fc.integer({ min: 1, max: Math.max(1, count) }), { maxLength: count });
    return fc.record(
      {
        stts: runsOf(count, fc.nat(2 ** 31 - 1)),
        ctts: runsOf(count, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
        stsc: fc.constant(stsc),
        chunkOffsets: fc.array(fc.nat(how.hasLongOffsets ? 2 ** 45 : 2 ** 32 - 1), {
          minLength: perChunk.length,
          maxLength: perChunk.length,
        }),
        sizes: fc.array(size, { minLength: count, maxLength: count }),
        sizeBits: fc.constant(how.sizeBits),
        hasLongOffsets: fc.constant(how.hasLongOffsets),
        cttsVersion: fc.constant(how.cttsVersion),
        stss,
      },
      { requiredKeys: ["stts", "stsc", "chunkOffsets", "sizes", "sizeBits", "hasLongOffsets", "cttsVersion"] },
    );
  });

describe("parseMovie: sample tables", () => {
  it("expands to what looking up every sample by itself gives", () => {
    fc.assert(
      fc.property(randomTables, (tables) => {
        expect(columns(parseTrack(tables).samples)).toEqual(expand(tables));
      }),
      { numRuns: 500 },
    );
  });

  it("reads an hour of 100,000 pictures and 155,000 packets of sound in well under a second", () => {
    const table = (count: number): TablesToBuild => ({
      stts: [[count, 1001]],
      ctts: Array.from({ length: count }, (_, at) => [1, (at % 3) * 1001] as const),
      stsc: [[1, 5]],
      chunkOffsets: Array.from({ length: count / 5 }, (_, at) => at * 100_000),
      sizes: Array.from({ length: count }, (_, at) => at % 9000),
      stss: Array.from({ length: count / 50 }, (_, at) => at * 50 + 1),
    });
    const moov = buildMoov([table(100_000), { ...table(155_000), handler: "soun" }]);
    const startMs = performance.now();
    expect(parseMovie(moov).tracks.map((track) => track.samples.count)).toEqual([100_000, 155_000]);
    expect(performance.now() - startMs).toBeLessThan(500);
  });

  it("keeps one row a chunk of raw sound", () => {
    const raw: Partial<TrackToBuild> = {
      handler: "soun",
      stts: [[25, 1]],
      stsc: [[1, 10]],
      chunkOffsets: [1000, 2000, 3000],
      sizes: Array<number>(25).fill(4),
      sizeBits: "fixed",
    };
    expect(columns(parseTrack(raw).samples)).toEqual({
      dts: [0, 10, 20],
      cts: [0, 0, 0],
      duration: [10, 10, 5],
      offset: [1000, 2000, 3000],
      size: [40, 40, 20],
      isSync: [1, 1, 1],
    });
    expect(parseTrack({ ...raw, handler: "vide" }).samples.count).toBe(25);
  });

  it("takes every packet of sound for a sync sample, whatever the file says, and no picture where it names none", () => {
    expect([...parseTrack({ handler: "soun", stss: [] }).samples.isSync]).toEqual([1, 1, 1]);
    expect([...parseTrack({ stss: [] }).samples.isSync]).toEqual([0, 0, 0]);
  });

  it("knows of no sample in a file whose samples come in fragments", () => {
    expect(parseTrack({ stts: [], stsc: [], chunkOffsets: [], sizes: [] }).samples.count).toBe(0);
  });

  it.each<[string, Partial<TrackToBuild>]>([
    ["fewer times than samples", { stts: [[2, 10]] }],
    ["fewer places than samples", { stsc: [[1, 2]] }],
    ["no chunks", { chunkOffsets: [] }],
    ["fewer composition offsets than samples", { ctts: [[2, 0]] }],
    ["a sync sample 0", { stss: [0] }],
    ["a sync sample behind the last", { stss: [4] }],
    [
      "chunks out of order",
      {
        stsc: [
          [1, 1],
          [3, 2],
          [2, 2],
        ],
        chunkOffsets: [1, 2, 3],
      },
    ],
    ["chunks that do not begin with the first", { stsc: [[2, 3]], chunkOffsets: [1, 2, 3] }],
    ["a duration that would be negative", { stts: [[3, 2 ** 31]] }],
    ["an offset beyond any file", { chunkOffsets: [2 ** 52 + 1], hasLongOffsets: true }],
    ["a clock that does not tick", { timescale: 0 }],
    ["an edit that begins before its media", { edits: [[10, -2, 1]] }],
  ])("refuses %s", (_, track) => {
    expect(() => parseTrack(track)).toThrow(Mp4Error);
  });

  it("refuses four thousand million samples in twenty bytes, however all tables agree, without allocating", () => {
    const absurd = 2 ** 32 - 1;
    const moov = buildMoov([{ ...PLAIN, stts: [[absurd, 2]], stsc: [[1, absurd]], sizes: [5], sizeBits: "fixed" }]);
    const count = indexOfType(moov, "stsz") + 12;
    new DataView(moov.buffer).setUint32(count, absurd);
    expect(() => parseMovie(moov)).toThrow("more than 20 million samples");
    new DataView(moov.buffer).setUint32(count, 20_000_001);
    expect(() => parseMovie(moov)).toThrow("more than 20 million samples");
  });

  it.each(["stts", "stsc", "stsz", "stco", "stss", "ctts"])(
    "refuses a count of %s that there are no bytes for",
    (type) => {
      const moov = buildMoov([{ ...PLAIN, ctts: [[3, 1]], stss: [1] }]);
      new DataView(moov.buffer).setUint32(indexOfType(moov, type) + (type === "stsz" ? 12 : 8), 2 ** 30);
      expect(() => parseMovie(moov)).toThrow(Mp4Error);
    },
  );
});

/** Where a box's type stands; its body begins four bytes behind. */
function indexOfType(bytes: Uint8Array, type: string): number {
  return String.fromCharCode(...bytes).indexOf(type);
}

describe("parseMovie: headers", () => {
  it.each([0, 1] as const)("reads version %i", (version) => {
    const edits = [
      [500, -1, 1],
      [4500, 1024, 0.5],
    ] as const;
    const language = ((0x64 - 0x60) << 10) | ((0x65 - 0x60) << 5) | (0x75 - 0x60);
    const isEnabled = version === 0;
    const track: TrackToBuild = {
      ...PLAIN,
      version,
      isEnabled,
      id: 7,
      timescale: 12800,
      durationTicks: 64000,
      edits,
      language,
    };
    const movie = parseMovie(buildMoov([track], version));
    expect(movie).toMatchObject({ timescale: 1000, durationTicks: 5000 });
    expect(movie.tracks[0]).toMatchObject({
      id: 7,
      kind: "video",
      isEnabled,
      timescale: 12800,
      edits: [
        { durationTicks: 500, mediaTime: -1, rate: 1 },
        { durationTicks: 4500, mediaTime: 1024, rate: 0.5 },
      ],
      entryTypes: ["avc1"],
      codedWidthPx: 320,
      codedHeightPx: 180,
      rotationDegrees: 0,
      language: "deu",
    });
  });

  it("keeps the sample descriptions byte for byte", () => {
    const moov = buildMoov([PLAIN]);
    const { stsd } = parseMovie(moov).tracks[0] ?? { stsd: new Uint8Array() };
    const start = indexOfType(moov, "stsd") - 4;
    expect(stsd).toEqual(moov.slice(start, start + stsd.length));
    expect(new DataView(moov.buffer).getUint32(start)).toBe(stsd.length);
  });

  const ONE = 0x10000;
  it.each([
    [0, IDENTITY],
    [90, [0, ONE, 0, -ONE, 0, 0, 180 * ONE, 0, 0x40000000]],
    [180, [-ONE, 0, 0, 0, -ONE, 0, 320 * ONE, 180 * ONE, 0x40000000]],
    [270, [0, -ONE, 0, ONE, 0, 0, 0, 320 * ONE, 0x40000000]],
    [0, Array<number>(9).fill(0)],
    [null, [-ONE, 0, 0, 0, ONE, 0, 0, 0, 0x40000000]],
    [null, [2 * ONE, 0, 0, 0, 2 * ONE, 0, 0, 0, 0x40000000]],
    [null, [46341, 46341, 0, -46341, 46341, 0, 0, 0, 0x40000000]],
  ])("sees a rotation by %s degrees", (rotationDegrees, matrix) => {
    expect(parseTrack({ matrix }).rotationDegrees).toBe(rotationDegrees);
  });

  it("adds the whole movie's rotation to the track's", () => {
    const quarter = [0, ONE, 0, -ONE, 0, 0, 0, 0, 0x40000000];
    const halfTurned = { ...PLAIN, matrix: [0, -ONE, 0, ONE, 0, 0, 0, 0, 0x40000000] };
    expect(parseMovie(buildMoov([{ ...PLAIN, matrix: quarter }], 0, quarter)).tracks[0]?.rotationDegrees).toBe(180);
    expect(parseMovie(buildMoov([halfTurned], 0, quarter)).tracks[0]?.rotationDegrees).toBe(0);
  });

  it.each([
    [0, "und"],
    [0x7fff, "und"],
    [0x55c4, "und"],
    [0x15c7, "eng"],
  ])("reads language %i as %s", (language, expected) => {
    expect(parseTrack({ language }).language).toBe(expected);
  });

  it.each([
    ["pt-BR\0", "pt-BR"],
    ["de", "de"],
    ["\0", "eng"],
    ["not a tag\0", "eng"],
    ["x".repeat(1_000), "eng"],
  ])("prefers the extended language %j", (extendedLanguage, expected) => {
    expect(parseTrack({ language: 0x15c7, extendedLanguage }).language).toBe(expected);
  });

  it.each([
    ["a name", box("name", utf8("Für Blinde")), "Für Blinde"],
    ["a name among other data", concat(box("titl"), box("name", utf8("A")), u32(0)), "A"],
    ["no name", box("titl"), null],
    ["an empty one", box("name"), null],
    ["one that is no text", box("name", Uint8Array.of(0xff, 0xfe)), null],
    ["one as long as a book", box("name", new Uint8Array(2_000).fill(0x41)), null],
    ["damage", u32(0xffff, 0x6e616d65), null],
  ])("reads what a track is called, of user data with %s", (_, userData, expected) => {
    expect(parseTrack({ userData }).name).toBe(expected);
  });

  it("does not look into tracks that are neither seen nor heard, so that their faults do not matter", () => {
    const track = parseTrack({ handler: "text", timescale: 0, stts: [] });
    expect(track).toMatchObject({ kind: "other", entryTypes: [], codedWidthPx: 0, samples: { count: 0 } });
  });

  it("refuses what is no movie, a compressed index and more tracks than a film has", () => {
    expect(() => parseMovie(box("free"))).toThrow(Mp4Error);
    expect(() => parseMovie(new Uint8Array())).toThrow(Mp4Error);
    expect(() => parseMovie(box("moov", box("cmov", u32(0))))).toThrow("compressed");
    expect(() => parseMovie(buildMoov(Array<TrackToBuild>(101).fill(PLAIN)))).toThrow("tracks");
  });
});
