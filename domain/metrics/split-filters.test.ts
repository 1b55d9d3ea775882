import { describe, expect, it } from "vitest";
import type { ViewFilter } from "./scope.ts";
import { splitFilters } from "./split-filters.ts";

const filter = (dimension: string): ViewFilter => ({ dimension, operator: "is", values: ["1"], negated: false });
const [height, codec, mode, country] = [
  "video_source_height",
  "video_source_codec",
  "player_playback_mode",
  "country",
].map(filter) as [ViewFilter, ViewFilter, ViewFilter, ViewFilter];

describe("splitFilters", () => {
  it("takes for the parts what the parts have, even where views have it too", () => {
    expect(splitFilters("rendition", [height, country, codec])).toEqual({ views: [country], parts: [height, codec] });
  });

  it("leaves to the views what parts of another type would have", () => {
    expect(splitFilters("playback_mode", [height, mode])).toEqual({ views: [height], parts: [mode] });
  });
});
