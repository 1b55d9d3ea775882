import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planLadder } from "./ladder.ts";

const heights = (
  source: Parameters<typeof planLadder>[0],
  tier: Parameters<typeof planLadder>[1] = "1080p",
): string[] => planLadder(source, tier).map(({ name }) => name);

describe("planLadder", () => {
  it("drops rungs that would save no bits", () => {
    expect(heights({ widthPx: 1920, heightPx: 1080, bitrate: 1_000_000 })).toEqual(["1080p", "270p"]);
  });

  it("has every rung below a rich source", () => {
    expect(heights({ widthPx: 1920, heightPx: 1080, bitrate: 8_000_000 })).toEqual(["1080p", "720p", "480p", "270p"]);
  });

  it("keeps to the tier that was asked for", () => {
    const source = { widthPx: 3840, heightPx: 2160, bitrate: 40_000_000 };
    expect(heights(source)).toEqual(["1080p", "720p", "480p", "270p"]);
    expect(heights(source, "1440p")[0]).toBe("1440p");
    expect(heights(source, "2160p").slice(0, 2)).toEqual(["2160p", "1440p"]);
  });

  it("has fewer rungs for basic quality, and more and better ones for premium", () => {
    const source = { widthPx: 1920, heightPx: 1080, bitrate: 12_000_000 };
    const basic = planLadder(source, "1080p", "basic");
    const plus = planLadder(source, "1080p", "plus");
    const premium = planLadder(source, "1080p", "premium");
    expect(basic.map(({ name }) => name)).toEqual(["1080p", "480p", "270p"]);
    expect(premium.map(({ name }) => name)).toEqual(["1080p", "720p", "540p", "360p", "270p"]);
    expect(plus).toEqual(planLadder(source, "1080p"));
    expect(plus.every(({ crf }) => crf === undefined) && premium.every(({ crf = 23 }) => crf < 23)).toBe(true);
    for (const { name, maxBitrate } of plus) {
      const better = premium.find((rung) => rung.name === name);
      expect(better?.maxBitrate ?? Number.POSITIVE_INFINITY).toBeGreaterThan(maxBitrate);
    }
  });

  it("names a rung by its shorter side, also of a film that stands upright", () => {
    const [top, next] = planLadder({ widthPx: 1080, heightPx: 1920, bitrate: 8_000_000 }, "1080p");
    expect(top).toMatchObject({ name: "1080p", widthPx: 1080, heightPx: 1920 });
    expect(next).toMatchObject({ name: "720p", widthPx: 720, heightPx: 1280 });
  });

  it("makes one even-sized rendition of a tiny source", () => {
    expect(planLadder({ widthPx: 101, heightPx: 57, bitrate: 90_000 }, "1080p")).toEqual([
      { name: "57p", widthPx: 102, heightPx: 58, maxBitrate: 500_000 },
    ]);
  });

  it("never upscales, never repeats a name, and falls with every rung", () => {
    const source = fc.record({
      widthPx: fc.integer({ min: 2, max: 4096 }),
      heightPx: fc.integer({ min: 2, max: 4096 }),
      bitrate: fc.integer({ min: 10_000, max: 80_000_000 }),
    });
    const tier = fc.constantFrom("1080p" as const, "1440p" as const, "2160p" as const);
    const quality = fc.constantFrom("basic" as const, "plus" as const, "premium" as const);
    fc.assert(
      fc.property(source, tier, quality, (picture, limit, wanted) => {
        const rungs = planLadder(picture, limit, wanted);
        expect(new Set(rungs.map(({ name }) => name)).size).toBe(rungs.length);
        for (const [at, { widthPx, heightPx, maxBitrate }] of rungs.entries()) {
          expect((widthPx % 2) + (heightPx % 2)).toBe(0);
          expect(widthPx).toBeLessThanOrEqual(picture.widthPx + 1);
          const above = rungs[at - 1];
          if (above !== undefined) expect(maxBitrate).toBeLessThan(above.maxBitrate);
        }
      }),
    );
  });
});
