import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areStartsPlausible, isPlausibleLength, mostOutputSeconds } from "./plausible-length.ts";

const HOUR = 3_600;

describe("isPlausibleLength", () => {
  it.each([
    ["a title card", 10, 3_000, true],
    ["ten minutes of one still", 600, 20_000, true],
    ["an hour of speech at 6 kbit/s", HOUR, 2_700_000, true],
    ["an hour in 100 kB", HOUR, 100_000, false],
    ["twelve hours in a megabyte", 12 * HOUR, 1_000_000, false],
  ])("of %s", (_, seconds, sizeBytes, isPlausible) => {
    expect(isPlausibleLength(seconds, sizeBytes)).toBe(isPlausible);
  });
});

describe("mostOutputSeconds", () => {
  it("stops what goes on for days after its end, soon", () => {
    expect(mostOutputSeconds(383_631, 5.5)).toBeLessThan(400);
  });

  it("never stops a file that is as long as it says", () => {
    const lengths = fc.double({ min: 0, max: 12 * HOUR, noNaN: true });
    const law = fc.property(lengths, fc.integer({ min: 1 }), (told, sizeBytes) => {
      expect(mostOutputSeconds(sizeBytes, told)).toBeGreaterThan(told);
    });
    fc.assert(law);
  });

  it("lets an MP3 pass whose length was guessed from its first frame", () => {
    expect(mostOutputSeconds(40_000_000, 1_000)).toBeGreaterThan(4_000);
  });

  it("lets a stream pass that knows no length", () => {
    expect(mostOutputSeconds(500_000_000, null)).toBeGreaterThan(12 * HOUR);
  });
});

describe("areStartsPlausible", () => {
  it.each<[string, number | null, (number | null)[], boolean]>([
    ["a film", 0, [0.023], true],
    ["a recording whose clock had run for a day", 86_400, [86_400.5], true],
    ["sound alone, of such a recording", null, [86_400], true],
    ["a film whose sound begins a minute later", 0, [60], true],
    ["a film whose sound is said to begin in 68 years", 0, [2_147_483_648], false],
    ["a film whose second sound is", 0, [0, 2_147_483_648], false],
  ])("of %s", (_, picture, sounds, isPlausible) => {
    const video = picture === null ? null : { startSeconds: picture };
    const facts = { video, sounds: sounds.map((startSeconds) => ({ startSeconds })), durationSeconds: 60 };
    expect(areStartsPlausible(facts, 1_000_000)).toBe(isPlausible);
  });
});
