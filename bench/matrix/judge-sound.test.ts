import { describe, expect, it } from "vitest";
import { COMPARED_RATE, soundOffsets } from "./judge-sound.ts";

const SECONDS = 6;

/** Rising tones, never the same twice. */
function tones(seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * COMPARED_RATE }, (_, n) => {
    const t = n / COMPARED_RATE;
    return 0.3 * Math.sin(2 * Math.PI * (220 * t + 30 * t * t));
  });
}

function later(sound: Float32Array, ms: number): Float32Array {
  const samples = Math.round((ms * COMPARED_RATE) / 1_000);
  return Float32Array.from(sound, (_, n) => sound[n - samples] ?? 0);
}

const offsets = (source: Float32Array, heard: Float32Array) =>
  soundOffsets(source, heard).map(({ offsetMs }) => offsetMs);

describe("soundOffsets", () => {
  it("finds a shift at start, middle and end", () => {
    const source = tones(SECONDS);
    expect(offsets(source, source)).toEqual([0, 0, 0]);
    expect(offsets(source, later(source, 12))).toEqual([12, 12, 12]);
    expect(offsets(source, later(source, -7))).toEqual([-7, -7, -7]);
  });

  it("finds where it begins to drift", () => {
    const source = tones(SECONDS);
    const drifted = later(source, 20);
    drifted.set(source.subarray(0, (SECONDS / 3) * COMPARED_RATE));
    expect(offsets(source, drifted)).toEqual([0, 20, 20]);
  });

  it("says what is not heard at all, and does not believe another sound", () => {
    const source = tones(SECONDS);
    const broken = source.slice(0, (SECONDS / 2) * COMPARED_RATE);
    expect(offsets(source, broken)).toEqual([0, expect.anything(), null]);
    expect(offsets(source, tones(2 * SECONDS).subarray(source.length))).toEqual([null, null, null]);
  });

  it("has nothing to say of silence", () => {
    expect(soundOffsets(new Float32Array(3 * COMPARED_RATE), tones(3))).toEqual([]);
  });
});
