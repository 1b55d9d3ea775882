import { describe, expect, it } from "vitest";
import { normalisingGain, readLoudness } from "./loudness.ts";

describe("normalisingGain", () => {
  it.each([
    ["a loud film", -14, 1, -10],
    ["a quiet one", -30, 0.2, 6],
    ["a quiet one with loud peaks, which are not to clip", -34, 0.5, 4.52],
    ["one that has no room left and is too quiet", -26, 1, 0],
    ["silence", -70, 0.001, 0],
    ["nothing", Number.NEGATIVE_INFINITY, 0, 0],
    ["what is hardly there", -60, 0.002, 24],
  ])("of %s", (_, lufs, samplePeak, gainDb) => {
    expect(normalisingGain({ lufs, samplePeak })).toBe(gainDb);
  });
});

describe("readLoudness", () => {
  it("takes the last of what ffmpeg prints", () => {
    const line = (lufs: number, peak: number) =>
      `frame:1 pts:4800\nlavfi.r128.M=-20.1\nlavfi.r128.I=${lufs}\nlavfi.r128.sample_peaks_ch0=${peak}\nlavfi.r128.sample_peak=${peak}\n`;
    expect(readLoudness(line(-70, 0) + line(-23.456, 0.414))).toEqual({ lufs: -23.456, samplePeak: 0.414 });
    expect(readLoudness("")).toBeNull();
  });
});
