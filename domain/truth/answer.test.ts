import { describe, expect, it } from "vitest";
import { answer } from "./answer.ts";
import type { TrueView } from "./true-view.ts";

function view(values: Record<string, number | null>, more: Partial<TrueView> = {}): TrueView {
  return {
    ...{ viewId: "v", counted: true, bot: false, viewer: "one", sampleRate: 1, viewStartMs: 5, viewEndMs: 15 },
    ...{ firstSeenMs: 5, cdn: "", cdnTrace: [], values: { views: 1, ...values }, fields: new Map() },
    ...more,
  };
}

const ask = (
  views: readonly TrueView[],
  metric: string,
  measurement: "avg" | "sum" | "count" | "median" | "95th",
  more = {},
) => answer(views, { metric, measurement, fromMs: 0, toMs: 100, ...more });

describe("answer", () => {
  it("finds quantiles between the closest ranks", () => {
    const views = [40, 10, 30, 20].map((value) => view({ rebuffer_duration: value }));
    expect(ask(views, "rebuffer_duration", "median")).toBe(25);
    expect(ask(views, "rebuffer_duration", "95th")).toBeCloseTo(38.5, 12);
    expect(ask([], "rebuffer_duration", "median")).toBeNull();
  });

  it("divides sums where long views weigh more, and averages where they do not", () => {
    const views = [
      view({ rebuffer_duration: 0, watch_time: 1_000, rebuffer_percentage: 0, upscale_percentage: 0 }),
      view({ rebuffer_duration: 50, watch_time: 100, rebuffer_percentage: 0.5, upscale_percentage: 1 }),
    ];
    expect(ask(views, "rebuffer_percentage", "avg")).toBeCloseTo(50 / 1_100, 12);
    expect(ask(views, "upscale_percentage", "avg")).toBe(0.5);
  });

  it("goes by the start where volume is counted, by the end elsewhere", () => {
    const views = [view({ rebuffer_count: 3 })];
    expect(ask(views, "views", "count", { fromMs: 10 })).toBe(0);
    expect(ask(views, "rebuffer_count", "sum", { fromMs: 10 })).toBe(3);
  });

  it("counts neither crawlers nor views that do not count", () => {
    const views = [view({}), view({}, { bot: true }), view({}, { counted: false })];
    expect(ask(views, "views", "count")).toBe(1);
    expect(ask(views, "views", "count", { includeBots: true })).toBe(2);
  });

  it("counts viewers once, and those without a name not at all", () => {
    const views = [view({}), view({}), view({}, { viewer: null }), view({}, { viewer: "two", sampleRate: 0.25 })];
    expect(ask(views, "unique_viewers", "count")).toBe(2);
    expect(ask(views, "unique_viewers", "count", { weighted: true })).toBe(5);
  });

  it("lets each tracked view stand for those that are not", () => {
    const views = [view({ rebuffer_count: 1 }, { sampleRate: 0.25 }), view({ rebuffer_count: 5 })];
    expect(ask(views, "rebuffer_count", "sum", { weighted: true })).toBe(9);
    expect(ask(views, "rebuffer_count", "avg", { weighted: true })).toBe(1.8);
    expect(ask(views, "rebuffer_count", "median", { weighted: true })).toBe(1);
  });
});
