import { describe, expect, it } from "vitest";
import { decodePlan } from "./plan.ts";

const PLAN = {
  planId: "0123456789abcdef",
  sourceGeneration: 1,
  timescale: 30_000,
  boundaries: [0, 60_000],
  pictureEnd: 60_000,
  video: [],
};
const UNSAID = { trackId: null, group: "main", label: "Audio", language: null, gainDb: 0 };
const SOUND = { name: "audio", kind: "copied", channels: 2 };

describe("decodePlan", () => {
  it("reads plans of version 1, whose only sound may be missing", () => {
    const read = (audio: object | null) => decodePlan(JSON.stringify({ version: 1, ...PLAN, audio }));
    expect(read(SOUND)).toEqual({ version: 2, ...PLAN, audio: [{ ...SOUND, ...UNSAID }] });
    expect(read(null)).toEqual({ version: 2, ...PLAN, audio: [] });
  });

  it("refuses what a later release has written", () => {
    expect(() => decodePlan(JSON.stringify({ version: 3, ...PLAN }))).toThrow("unknown version");
    expect(() => decodePlan("7")).toThrow("none");
  });
});
