import { describe, expect, it } from "vitest";
import { arrangeTiles } from "./arrange-tiles.ts";
import { planStoryboard, storyboardJson, storyboardTiles, storyboardVtt } from "./storyboard.ts";

const HD = { widthPx: 1920, heightPx: 1080 };
const URL = "https://image.example.com/abc/storyboard.webp";

describe("planStoryboard", () => {
  it.each([
    [10, 50],
    [899.999, 50],
    [900, 100],
    [43_200, 100],
  ])("shows %d s in %i pictures", (endSeconds, count) => {
    expect(storyboardTiles(planStoryboard(HD, { startSeconds: 0, endSeconds }))).toHaveLength(count);
  });

  it.each([
    [HD, [256, 144]],
    [{ widthPx: 1440, heightPx: 900 }, [256, 160]],
    [{ widthPx: 1080, heightPx: 1920 }, [90, 160]],
    [{ widthPx: 64, heightPx: 36 }, [64, 36]],
  ])("keeps the shape of %j: %j", (picture, [widthPx, heightPx]) => {
    expect(planStoryboard(picture, { startSeconds: 0, endSeconds: 1 }).tile).toEqual({ widthPx, heightPx });
  });
});

describe("storyboardVtt and storyboardJson", () => {
  const stretch = { startSeconds: 100, endSeconds: 100 + 4_000 };
  const storyboard = planStoryboard(HD, stretch);

  it("name every picture's time from the begin of the stretch, and its place", () => {
    const vtt = storyboardVtt(storyboard, URL);
    const [head, ...cues] = vtt.trimEnd().split("\n\n");
    expect(head).toBe("WEBVTT");
    expect(cues).toHaveLength(100);
    expect(cues[0]).toBe(`00:00:00.000 --> 00:00:40.000\n${URL}#xywh=0,0,256,144`);
    expect(cues[11]).toBe(`00:07:20.000 --> 00:08:00.000\n${URL}#xywh=256,144,256,144`);
    expect(cues[99]).toBe(`01:06:00.000 --> 01:06:40.000\n${URL}#xywh=2304,1296,256,144`);
  });

  it("say the same", () => {
    const { tiles, ...rest } = JSON.parse(storyboardJson(storyboard, URL));
    expect(rest).toEqual({ url: URL, tile_width: 256, tile_height: 144, duration: 4_000 });
    expect(tiles).toHaveLength(100);
    expect(tiles[11]).toEqual({ start: 440, x: 256, y: 144 });
  });
});

describe("arrangeTiles", () => {
  it("puts each picture where its tile is said to be", () => {
    const storyboard = { ...planStoryboard({ widthPx: 3, heightPx: 2 }, { startSeconds: 0, endSeconds: 1 }) };
    const tiles = storyboardTiles(storyboard);
    const sheet = arrangeTiles(
      tiles.map((_, n) => new Uint8Array(6).fill(n)),
      storyboard,
      1,
    );
    const width = 3 * storyboard.columns;
    for (const [n, { xPx, yPx }] of tiles.entries()) {
      for (const [x, y] of [
        [0, 0],
        [2, 1],
      ] as const)
        expect(sheet[(yPx + y) * width + xPx + x]).toBe(n);
    }
  });
});
