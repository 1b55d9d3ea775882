import { describe, expect, it } from "vitest";
import { encodeArguments, encodeManyArguments } from "./encode-arguments.ts";
import { overlayFilter } from "./overlay-filters.ts";
import type { VideoRendition } from "./plan.ts";

const LAYER = { file: "overlay.png", leftPx: 10, topPx: 20, colourMatrix: "bt709" as const };
const rendition = (name: string): VideoRendition => ({
  ...{ kind: "encoded", name, widthPx: 640, heightPx: 360, frameRate: 25, codecs: "avc1.64001e" },
  ...{ peakBitrate: 1_000_000, averageBitrate: 1_000_000 },
});
const common = { timescale: 12_800, hdr: undefined, threads: 1 };
const keep = { start: 0, end: 100 };

describe("overlayFilter", () => {
  it("stands in the middle of a chain", () => {
    const chain = ["trim", overlayFilter(LAYER, "x"), "hflip"].join(",");
    expect(chain).toMatch(
      /^trim,null\[xp\];movie=overlay\.png:.*\[xi\];\[xp\]\[xi\]overlay=10:20:format=yuv420,hflip$/,
    );
    expect(chain).toContain("out_color_matrix=bt709");
  });

  it("borrows a clock where ffmpeg would round times, and gives it back", () => {
    expect(overlayFilter(LAYER, "x", 90_000)).toBe(overlayFilter(LAYER, "x"));
    const filter = overlayFilter(LAYER, "x", 10_000_000);
    expect(filter).toMatch(/^setpts=PTS\*10000000\/100000,settb=1\/100000\[xp\]/);
    expect(filter).toMatch(/settb=1\/10000000,setpts=round\(PTS\*100000\/10000000\)$/);
  });
});

describe("encoding with an overlay", () => {
  it("lays it on behind the scaling, and changes nothing where there is none", () => {
    const alone = encodeArguments({ ...common, rendition: rendition("360p"), layer: LAYER, keep });
    expect(alone.output.join(" ")).toMatch(/-vf trim=\S+,scale=640:360:\S+,format=yuv420p,null\[op\];movie=\S+/);
    const without = encodeArguments({ ...common, rendition: rendition("360p"), layer: null, keep });
    expect(without).toEqual(encodeArguments({ ...common, rendition: rendition("360p"), keep }));
    expect(without.output.join(" ")).not.toContain("movie");
  });

  it("gives each of many renditions its own", () => {
    const renditions = ["a", "b", "c"].map(rendition);
    const layers = [LAYER, null, { ...LAYER, file: "other.png" }];
    const { filter } = encodeManyArguments({ ...common, renditions, layers, keeps: [keep] });
    const files = [...filter.matchAll(/\[(l\dp)\];movie=(\w+)\.png/g)].map(([, label, file]) => [label, file]);
    expect(files).toEqual([
      ["l0p", "overlay"],
      ["l2p", "other"],
    ]);
  });
});
