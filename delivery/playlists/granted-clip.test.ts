import { describe, expect, it } from "vitest";
import { inSeconds, readGrantedClip } from "./granted-clip.ts";

const read = (query: string) => readGrantedClip(new URLSearchParams(query));

describe("readGrantedClip", () => {
  it("reads the times that playlists read, to the millisecond", () => {
    expect(read("asset_start_time=2.5&asset_end_time=4")).toEqual({ startMs: 2_500, endMs: 4_000 });
    const open = read("asset_start_time=2.0004");
    expect(open && inSeconds(open)).toEqual({ startSeconds: 2, endSeconds: null });
    const early = read("asset_end_time=4");
    expect(early && inSeconds(early)).toEqual({ startSeconds: 0, endSeconds: 4 });
    expect(read("max_resolution=720p")).toBeNull();
  });

  it.each(["asset_start_time=", "asset_end_time=", "asset_start_time=-1", "asset_start_time=5&asset_end_time=5"])(
    "refuses %s, and opens nothing by it",
    (query) => {
      expect(() => read(query)).toThrow(/asset_(start|end)_time must be/);
    },
  );
});
