import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AudioRendition, Plan, VideoRendition } from "../media/plan.ts";
import { type CountedFile, countedFile, deliveredPieces } from "./delivered-file.ts";

const common = { peakBitrate: 0, averageBitrate: 0 };
const video = (widthPx: number, heightPx: number): VideoRendition => {
  const codecs = "avc1.64001f";
  return { ...common, kind: "encoded", codecs, name: `${heightPx}p`, widthPx, heightPx, frameRate: 25 };
};
const SOUND: AudioRendition = {
  ...{ ...common, kind: "copied", codecs: "mp4a.40.2", name: "audio", language: null, channels: 2, sampleRate: 48_000 },
  ...{ trackId: 2, group: "main", label: "Audio", gainDb: 0, timescale: 48_000, boundaries: [0, 96_256, 528_384] },
};
const plan = (change: Partial<Plan> = {}): Plan => ({
  ...{ version: 2, planId: "0123456789abcdef", sourceGeneration: 1, timescale: 30_000 },
  ...{ boundaries: [0, 60_060, 330_330], pictureEnd: 300_300, video: [video(1_920, 1_080)], audio: [SOUND] },
  ...change,
});
const file = (lengthMs: number): CountedFile => ({
  ...{ environmentId: 1, assetId: "asset", playbackId: "id", planId: "plan", rendition: "highest.mp4", tier: "1080p" },
  lengthMs,
});
const MAX_BYTES = 20_000_000;
const msOf = (pieces: readonly { lengthMs: number }[]) => pieces.reduce((sum, { lengthMs }) => sum + lengthMs, 0);

describe("countedFile", () => {
  it("counts a file like its rendition's segments: by its pixels, to the last picture", () => {
    expect(countedFile(plan(), "highest")).toEqual({ tier: "1080p", lengthMs: 10_010 });
    expect(countedFile(plan(), "480p")).toEqual({ tier: "720p", lengthMs: 10_010 });
    expect(countedFile(plan({ audio: [] }), "highest")).toEqual({ tier: "1080p", lengthMs: 10_010 });
  });

  it("counts sound alone as such, to its own end, beside a picture too", () => {
    expect(countedFile(plan(), "audio-only")).toEqual({ tier: "audio-only", lengthMs: 11_008 });
  });

  it("knows no files that the plan has not", () => {
    expect(countedFile(plan({ audio: [] }), "audio-only")).toBeNull();
    expect(countedFile(plan(), "2160p")).toBeNull();
  });

  it("counts nothing of tests", () => {
    expect(countedFile(plan({ test: { shownSeconds: 10 } }), "highest")).toBeNull();
  });
});

describe("deliveredPieces", () => {
  it("counts the whole file as its length", () => {
    const pieces = deliveredPieces(file(3_600_000), 700_000_000, { start: 0, end: 700_000_000 });
    expect([pieces.length, msOf(pieces)]).toEqual([900, 3_600_000]);
    expect(pieces[0]).toEqual({ ...file(4_000), segment: 0 });
    expect(pieces.at(-1)).toEqual({ ...file(4_000), segment: 899 });
  });

  it("counts a part by its share of the bytes, also of a short file", () => {
    const half = deliveredPieces(file(10_000), 10_000_000, { start: 2_500_000, end: 7_500_000 });
    expect([half[0]?.segment, half.at(-1)?.segment, msOf(half)]).toEqual([25, 74, 5_000]);
    expect(deliveredPieces(file(10_000), 10_000_000, { start: 0, end: 1 })).toEqual([]);
  });

  it("makes few pieces of few bytes", () => {
    const whole = (sizeBytes: number) => deliveredPieces(file(10_000), sizeBytes, { start: 0, end: sizeBytes });
    expect([1, 100_000, 1_000_000].map((sizeBytes) => whole(sizeBytes).length)).toEqual([1, 1, 15]);
    expect(whole(100_000)).toEqual([{ ...file(10_000), segment: 0 }]);
  });

  it("counts ranges that make up the file as the file, each piece once, wherever they are cut", () => {
    const sizes = fc.record({
      sizeBytes: fc.integer({ min: 1, max: MAX_BYTES }),
      lengthMs: fc.nat({ max: 2_000_000 }),
    });
    const cuts = fc.array(fc.nat({ max: MAX_BYTES }), { maxLength: 8 });
    fc.assert(
      fc.property(sizes, cuts, ({ sizeBytes, lengthMs }, places) => {
        const edges = [0, ...places.filter((at) => at < sizeBytes).sort((one, other) => one - other), sizeBytes];
        const parts = edges
          .slice(1)
          .flatMap((end, at) => deliveredPieces(file(lengthMs), sizeBytes, { start: edges[at] ?? 0, end }));
        expect(parts).toEqual(deliveredPieces(file(lengthMs), sizeBytes, { start: 0, end: sizeBytes }));
        expect(msOf(parts)).toBe(lengthMs);
      }),
    );
  });
});
