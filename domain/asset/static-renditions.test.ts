import { describe, expect, it } from "vitest";
import { readStaticRenditions, staticType } from "./static-renditions.ts";

describe("readStaticRenditions", () => {
  it("takes heights or the highest, with the sound beside either", () => {
    expect(readStaticRenditions([{ resolution: "720p", passthrough: "a" }, { resolution: "audio-only" }])).toEqual({
      wanted: [
        { resolution: "720p", passthrough: "a" },
        { resolution: "audio-only", passthrough: null },
      ],
    });
    expect(readStaticRenditions([{ resolution: "highest" }, { resolution: "audio-only" }])).toHaveProperty("wanted");
  });

  it.each([
    [[{ resolution: "8k" }], [], /"8k" is no resolution; use highest/],
    [[{}], [], /is no resolution/],
    [[{ resolution: "720p" }, { resolution: "720p" }], [], /a 720p\.mp4 already/],
    [[{ resolution: "audio-only" }], ["audio-only"], /an? audio\.m4a already/],
    [[{ resolution: "highest" }, { resolution: "720p" }], [], /highest cannot stand beside/],
    [[{ resolution: "highest" }], ["720p"], /highest cannot stand beside/],
  ] as const)("refuses %j beside %j", (wire, existing, message) => {
    const read = readStaticRenditions(wire, existing);
    expect("problems" in read ? read.problems.join() : "").toMatch(message);
  });
});

it("calls what is made of what is there standard", () => {
  expect((["highest", "audio-only", "720p"] as const).map(staticType)).toEqual(["standard", "standard", "advanced"]);
});
