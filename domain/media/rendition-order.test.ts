import { describe, expect, it } from "vitest";
import type { AudioRendition, Plan, VideoRendition } from "./plan.ts";
import { inStartOrder, listedFirst } from "./rendition-order.ts";

const video = (...names: string[]): VideoRendition[] => names.map((name) => ({ name }) as VideoRendition);
const audio = { name: "audio" } as AudioRendition;

describe("inStartOrder", () => {
  it.each([
    [[], []],
    [["1080p"], ["1080p"]],
    [
      ["1080p", "720p"],
      ["720p", "1080p"],
    ],
    [
      ["1080p", "720p", "360p"],
      ["720p", "1080p", "360p"],
    ],
    [
      ["1080p", "720p", "540p", "360p", "270p"],
      ["540p", "1080p", "720p", "360p", "270p"],
    ],
  ])("lists %j as %j", (highestFirst, listed) => {
    expect(inStartOrder(video(...highestFirst)).map(({ name }) => name)).toEqual(listed);
  });
});

describe("listedFirst", () => {
  const plan = (tracks: Partial<Plan>): Plan => ({ video: [], audio: [], ...tracks }) as Plan;

  it("is a middle rendition of the pictures", () => {
    expect(listedFirst(plan({ video: video("1080p", "720p", "360p"), audio: [audio] }))?.name).toBe("720p");
  });

  it("is the sound where there is no picture, and nothing where there is neither", () => {
    expect(listedFirst(plan({ audio: [audio] }))).toBe(audio);
    expect(listedFirst(plan({}))).toBeNull();
  });
});
