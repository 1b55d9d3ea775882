import { describe, expect, it } from "vitest";
import { SCORE_EXAMPLES } from "./score-examples.ts";

/** In hundredths, by hand from the formulas of data-api.md §4. */
const BY_HAND: readonly (readonly [view: string, score: string, hundredths: number | null])[] = [
  ["ended by a fatal error", "playbackSuccessScore", 0],
  ["left after 5 s without a picture", "playbackSuccessScore", 50],
  ["left after 0.5 s without a picture", "playbackSuccessScore", null],
  ["played", "playbackSuccessScore", 100],
  ["first picture after 0.4 s", "startupTimeScore", 95.2],
  ["first picture after 2 s", "startupTimeScore", 80],
  ["first picture after 8 s", "startupTimeScore", 50],
  ["first picture after 20 s", "startupTimeScore", 28.6],
  ["one stall of 5 s in 5 min", "smoothnessScore", 87],
  ["four stalls of 15 s in 20 min", "smoothnessScore", 52.7],
  ["stretched by 50 % throughout", "videoQualityScore", 84.8],
  ["stretched by 200 % for 30 s, then 20 min not at all", "videoQualityScore", 89.3],
  // ^0.6 · ^0.4: 86.1; ^0.55 · ^0.45: 83.8; ^0.6 · ^0.4: 81.9
  ["2 s to the first picture, one stall of 5 s in 5 min, stretched by 50 %", "viewerExperienceScore", 83.9],
  // the missing picture leaves smoothness 87.0 and start-up 80.0 beside 83.8
  ["the same, of sound alone", "viewerExperienceScore", 83.6],
  ["the same, ended by a fatal error", "viewerExperienceScore", 0],
  ["left after 5 s without a picture", "viewerExperienceScore", 50],
];

describe("the scores' examples", () => {
  it("come to what the formulas give by hand", () => {
    const found = SCORE_EXAMPLES.map(({ view, score, value }) => {
      return [view, score, value === null ? null : Math.round(value * 1_000) / 10];
    });
    expect(found).toEqual(BY_HAND);
  });

  it("are within 3 hundredths of what the reference's own say", () => {
    for (const { view, published, value } of SCORE_EXAMPLES) {
      if (published !== null) expect([view, Math.abs((value ?? 0) * 100 - published) < 3]).toEqual([view, true]);
    }
  });
});
