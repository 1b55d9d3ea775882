import { describe, expect, it } from "vitest";
import { fillBatch } from "./fill-batch.ts";
import { indexPictures } from "./picture-index.ts";
import type { Plan, VideoRendition } from "./plan.ts";
import { gopTable, trackOf } from "./testing/tables.ts";

/** A minute of 25 pictures a second in groups of two seconds, and a plan with a boundary every four. */
const table = gopTable(1_500, 50);
const index = indexPictures({ timescale: 25 }, trackOf(table));
const plan = {
  timescale: index.timescale,
  boundaries: Array.from({ length: 16 }, (_, n) => n * 4 * index.timescale),
} as unknown as Plan; // what a batch depends on

const rung = (heightPx: number): VideoRendition => ({
  ...{ name: `${heightPx}p`, kind: "encoded", widthPx: (heightPx * 16) / 9, heightPx, frameRate: 25 },
  ...{ codecs: "avc1.64001f", peakBitrate: 1, averageBitrate: 1 },
});
/** Every segment misses these, so far. */
const missingAll =
  (renditions: readonly VideoRendition[], end = Number.POSITIVE_INFINITY) =>
  async (segment: number): Promise<readonly VideoRendition[]> =>
    segment < end ? renditions : [];
const names = (renditions: readonly VideoRendition[]): string[] => renditions.map(({ name }) => name);

const SMALL = [rung(720), rung(270)];

describe("fillBatch", () => {
  it("takes neighbours of all small renditions together, for sixteen seconds at most", async () => {
    const { segments, renditions } = await fillBatch({ plan, index, table }, 2, SMALL, missingAll(SMALL));
    expect(segments).toEqual({ first: 2, end: 6 });
    expect(names(renditions)).toEqual(["720p", "270p"]);
  });

  it("ends where something of it is there already, and with the plan", async () => {
    const one = [rung(270)];
    const upTo5 = await fillBatch({ plan, index, table }, 3, one, missingAll(one, 5));
    expect(upTo5.segments).toEqual({ first: 3, end: 5 });
    expect((await fillBatch({ plan, index, table }, 14, one, missingAll(one))).segments).toEqual({
      first: 14,
      end: 15,
    });
  });

  it("ends where more is missing, so that no rendition is left to a decode of its own", async () => {
    const [top, low] = [rung(720), rung(270)];
    const missing = async (segment: number): Promise<VideoRendition[]> => (segment < 2 ? [top] : [top, low]);
    expect((await fillBatch({ plan, index, table }, 0, [top], missing)).segments).toEqual({ first: 0, end: 2 });
    expect((await fillBatch({ plan, index, table }, 2, [top, low], missing)).segments).toEqual({ first: 2, end: 6 });
  });

  it("takes fewer segments of large pictures, and leaves out renditions that there is no memory for", async () => {
    const LARGE = [rung(1440), rung(720)];
    const HUGE = [rung(2160), rung(1440), rung(270)];
    const large = await fillBatch({ plan, index, table }, 0, LARGE, missingAll(LARGE));
    expect(large).toMatchObject({ segments: { first: 0, end: 1 } });
    const huge = await fillBatch({ plan, index, table }, 0, HUGE, missingAll(HUGE));
    expect(names(huge.renditions)).toEqual(["2160p"]);
    expect(huge.segments).toEqual({ first: 0, end: 1 });
  });

  it("takes fewer segments of a heavy source", async () => {
    const heavy = { ...table, size: table.size.map(() => 200_000) };
    const { segments } = await fillBatch({ plan, index, table: heavy }, 0, SMALL, missingAll(SMALL));
    expect(segments).toEqual({ first: 0, end: 3 });
  });
});
