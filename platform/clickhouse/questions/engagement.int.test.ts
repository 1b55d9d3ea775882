import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askPlayedMoments, askVideoLength, type PlayedMomentsRow } from "../../../domain/metrics/ask/ask-engagement.ts";
import { bucketCount, heatmapOf } from "../../../domain/metrics/heatmap.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import type { TestClickHouse } from "../testing.ts";
import { viewsIn } from "./testing/plain-answers.ts";
import { anyRecord, TIMES } from "./testing/random-records.ts";
import { answer, environment, insertViews, startViewsTable } from "./testing/views-table.ts";

let clickhouse: TestClickHouse;

/** Most tell 90 s, some are cut, some wrong, some unknown; what they played lies mostly within. */
const anyView = fc
  .record({
    record: anyRecord,
    videoId: fc.constantFrom("a", "b", "untold"),
    streamType: fc.constantFrom("on-demand", "on-demand", "on-demand", "live"),
    length: fc.constantFrom(90_000, 90_000, 90_024, 90_000, 60_000, 4_000_000_000, 0, null),
    ranges: fc.array(fc.tuple(fc.nat(100_000), fc.nat(40_000)), { maxLength: 6 }),
  })
  .map(({ record, videoId, streamType, length, ranges }) => {
    const told = videoId === "untold" ? null : length;
    const playbackRanges = ranges.map(([startMs, lastedMs]) => ({ startMs, endMs: startMs + lastedMs - 2_000 }));
    return { ...record, videoId, streamType, sourceDurationMs: told, videoDurationMs: told, playbackRanges };
  })
  .map((record) => ({ ...record, playbackRanges: record.playbackRanges.filter(({ endMs }) => endMs >= 0) }));

const records: ViewRecord[] = fc.sample(anyView, { numRuns: 300, seed: 8 });

beforeAll(async () => {
  clickhouse = await startViewsTable();
  for (const [environmentId, of] of [
    [4, records],
    [9, records.slice(0, 50)],
  ] as const) {
    const rows = of.map((record, at) => {
      return { environmentId, viewId: `view ${at}`, firstSeenMs: record.viewStartMs, version: 1, record };
    });
    await insertViews(clickhouse, rows);
  }
});
afterAll(() => clickhouse.stop());

function scope(videoId: string, range = TIMES): Scope {
  const filters = [{ dimension: "video_id", operator: "is", values: [videoId], negated: false }] as const;
  return {
    ...{ environmentId: environment(4), ...range, filters, metricFilters: [], weighted: false, includeBots: false },
  };
}

async function lengthOf(of: Scope): Promise<number> {
  const rows = await answer<{ length_ms: number }>(clickhouse, askVideoLength(of));
  expect(rows).toHaveLength(1);
  return rows[0]?.length_ms ?? -1;
}

/** Ranges of views that have a place in the video, view by view. */
function playedOf(videoId: string): { startMs: number; endMs: number }[][] {
  return viewsIn(records, { timeBasis: "view_start" }, TIMES)
    .filter((record) => record.videoId === videoId && record.streamType !== "live")
    .map(({ playbackRanges }) => playbackRanges.filter(({ startMs, endMs }) => endMs > startMs))
    .filter((ranges) => ranges.length > 0);
}

describe("questions of what was played", () => {
  it("know a video's length, whatever a few views tell", async () => {
    expect(await lengthOf(scope("a"))).toBe(90_000);
    expect(await lengthOf(scope("b"))).toBe(90_000);
  });

  it("take the furthest moment that more than a few reached where nobody tells a length", async () => {
    const furthest = playedOf("untold")
      .map((ranges) => Math.max(...ranges.map(({ endMs }) => endMs)))
      .sort((one, other) => one - other);
    expect(await lengthOf(scope("untold"))).toBe(furthest[Math.floor(furthest.length * 0.95)]);
  });

  it("know of no length where nobody played", async () => {
    expect(await lengthOf(scope("nobody"))).toBe(0);
    expect(await lengthOf(scope("a", { fromMs: 0, toMs: 1 }))).toBe(0);
    expect(await answer(clickhouse, askPlayedMoments(scope("nobody"), 90_000, 100))).toEqual([]);
    expect(() => askPlayedMoments(scope("a"), 0, 100)).toThrow(RangeError);
  });

  it.each([
    ["a", 90_000],
    ["b", 8_000],
    ["untold", 1_234_567],
  ])("count how often each part of %s was played", async (videoId, lengthMs) => {
    const cells = Math.max(100, bucketCount(lengthMs));
    const rows = await answer<PlayedMomentsRow>(clickhouse, askPlayedMoments(scope(videoId), lengthMs, cells));
    const { times, hundredths, views } = heatmapOf(rows, lengthMs);
    const within = playedOf(videoId)
      .map((ranges) => ranges.filter(({ startMs }) => startMs < lengthMs))
      .filter((ranges) => ranges.length > 0);
    expect(views).toBe(within.length);
    for (const counted of [times, hundredths]) {
      const widthMs = lengthMs / counted.length;
      const expected = counted.map((_, at) => {
        const [from, to] = [at * widthMs, (at + 1) * widthMs];
        const spent = within
          .flat()
          .map(({ startMs, endMs }) => Math.max(0, Math.min(endMs, to) - Math.max(startMs, from)));
        return spent.reduce((sum, ms) => sum + ms, 0) / widthMs;
      });
      for (const [at, number] of counted.entries()) expect(number).toBeCloseTo(expected[at] ?? -1, 2);
    }
    expect(Math.max(...times)).toBeGreaterThan(1);
  });
});
