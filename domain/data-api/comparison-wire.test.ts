import { describe, expect, it } from "vitest";
import { comparedColumn } from "../metrics/ask/ask-comparison.ts";
import { COMPARED_SCORES, COMPARED_TOTALS } from "../metrics/comparison.ts";
import { comparisonToWire } from "./comparison-wire.ts";

const ITEMS = [...Object.values(COMPARED_TOTALS), ...COMPARED_SCORES.flatMap(({ score, items }) => [score, ...items])];
const COLUMNS = [...new Set(ITEMS.map(comparedColumn))];
const numbered = Object.fromEntries(COLUMNS.map((name, at) => [name, at + 1]));
const empty = Object.fromEntries(
  COLUMNS.map((name) => [name, name.endsWith("_count") && !name.startsWith("rebuffer") ? 0 : null]),
);

describe("comparisonToWire", () => {
  it("tells totals, then every score, in the order and by the names of the reference", () => {
    const [totals, ...scores] = comparisonToWire(numbered);
    expect(Object.keys(totals)).toEqual([
      ...["name", "view_count", "watch_time", "started_views", "ended_views", "unique_viewers", "total_playing_time"],
    ]);
    expect(totals.view_count).toBe(totals.started_views);
    expect(scores.map(({ name, metric, type, items }) => [name, metric, type, items?.length])).toEqual([
      ["Overall Score", "viewer_experience_score", "score", undefined],
      ["Playback Success Score", "playback_success_score", "score", 2],
      ["Startup Time Score", "startup_time_score", "score", 10],
      ["Smoothness Score", "rebuffer_score", "score", 6],
      ["Video Quality Score", "video_quality_score", "score", 10],
    ]);
  });

  it("says what each number is counted in", () => {
    const items = comparisonToWire(numbered).flatMap((row) => ("items" in row ? (row.items ?? []) : []));
    const typeOf = (name: string) => items.find((item) => item.name === name)?.type;
    expect(typeOf("Video Startup Time (median)")).toBe("milliseconds");
    expect(typeOf("Exits Before Video Start")).toBe("percentage");
    expect(typeOf("Rebuffer Frequency")).toBe("per_minute");
    expect(typeOf("Rebuffer Count (95th %)")).toBe("number");
    expect(typeOf("Downscale Percentage (average)")).toBe("percentage");
  });

  it("takes each number from its own column", () => {
    const wire = comparisonToWire(numbered).flatMap((row) => {
      return row.name === "totals" ? [] : [row, ...("items" in row ? (row.items ?? []) : [])];
    });
    for (const item of wire)
      expect("metric" in item && item.value).toBe("metric" in item && numbered[comparedColumn(item)]);
  });

  it("of no views tells sizes of 0 and no scores", () => {
    const [totals, ...scores] = comparisonToWire(empty);
    expect(Object.values(totals)).toEqual(["totals", 0, 0, 0, 0, 0, 0]);
    expect(scores.flatMap(({ value, items = [] }) => [value, ...items.map((item) => item.value)])).toEqual(
      Array(33).fill(null),
    );
  });

  it("refuses an answer that lacks a number", () => {
    expect(() => comparisonToWire({})).toThrow(/views_count/);
  });
});
