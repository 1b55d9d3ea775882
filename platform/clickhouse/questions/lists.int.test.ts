import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askBreakdown, type BreakdownRow } from "../../../domain/metrics/ask/ask-breakdown.ts";
import {
  askDimensionValues,
  askElements,
  type ValueOptions,
  type ValueRow,
} from "../../../domain/metrics/ask/ask-dimension-values.ts";
import { askErrors, type ErrorRow } from "../../../domain/metrics/ask/ask-errors.ts";
import { askLabels, type LabelRow } from "../../../domain/metrics/ask/ask-labels.ts";
import { askViews, type ViewListOptions, type ViewListRow } from "../../../domain/metrics/ask/ask-views.ts";
import { type Dimension, dimensionById } from "../../../domain/metrics/dimensions.ts";
import type { Metric } from "../../../domain/metrics/metric.ts";
import { metricById } from "../../../domain/metrics/metrics.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import type { TestClickHouse } from "../testing.ts";
import { viewsIn } from "./testing/plain-answers.ts";
import { anyRecord, TIMES } from "./testing/random-records.ts";
import { answer, environment, insertViews, startViewsTable } from "./testing/views-table.ts";

let clickhouse: TestClickHouse;
const records = fc.sample(anyRecord, { numRuns: 300, seed: 5 });
const range = { fromMs: TIMES.fromMs + 7_200_123, toMs: TIMES.toMs - 36_000_456 };
const ended = viewsIn(records, { timeBasis: "view_end" }, range);

beforeAll(async () => {
  clickhouse = await startViewsTable();
  for (const environmentId of [4, 9]) {
    const rows = records.map((record, at) => {
      return { environmentId, viewId: `view ${at}`, firstSeenMs: record.viewStartMs, version: 1, record };
    });
    await insertViews(clickhouse, rows);
  }
});
afterAll(() => clickhouse.stop());

const scope = (more: Partial<Scope> = {}): Scope => {
  const all = { filters: [], metricFilters: [], weighted: false, includeBots: false };
  return { environmentId: environment(4), ...range, ...all, ...more };
};
const all: ValueOptions = { limit: 100, offset: 0, search: "", orderBy: "views", direction: "desc" };
const dimension = (id: string) => dimensionById(id) as Dimension;

/** Value → number of views, in the order of an answer. */
function counted(values: readonly string[]): [string, number][] {
  const counts = [...Map.groupBy(values, (value) => value)].map(([value, all]): [string, number] => [
    value,
    all.length,
  ]);
  return counts.sort(([one, few], [other, many]) => many - few || (one < other ? -1 : 1));
}

describe("askLabels", () => {
  it.each([
    ["video_title", () => ended.map(({ videoTitle }) => videoTitle)],
    ["viewer_user_id", () => ended.map(({ viewerId }) => viewerId)],
    ["page_url", () => ended.map(({ pageUrl }) => pageUrl)],
  ] as const)("names the keys of a breakdown: %s", async (id, values) => {
    const options = { limit: 100, offset: 0, orderBy: "views", direction: "desc" } as const;
    const question = askBreakdown(scope(), metricById("ended_views") as Metric, "count", dimension(id), options);
    expect(question.keyed).toBe(true);
    const rows = await answer<BreakdownRow>(clickhouse, question);
    const names = await labels(id, rows);
    const nameOf = (field: string) => (field === "" ? "" : names.get(field));
    expect(new Map(rows.map(({ field, views }) => [nameOf(field), views]))).toEqual(new Map(counted(values())));
    expect(names.size).toBe(rows.length - 1); // no value has no name, and breaks no question for names
  });

  async function labels(id: string, rows: readonly { field: string }[]): Promise<Map<string, string>> {
    const keys = rows.map(({ field }) => field);
    const question = askLabels(scope(), dimension(id), keys);
    return new Map((await answer<LabelRow>(clickhouse, question)).map(({ key, label }) => [key, label]));
  }

  it("names nothing of another environment", async () => {
    const titles = await answer<BreakdownRow>(
      clickhouse,
      askDimensionValues(scope(), dimension("video_title"), { ...all, limit: 9 }),
    );
    const keys = titles.map(({ field }) => field);
    for (const id of ["video_title", "viewer_user_id", "page_url"]) {
      const theirs = askLabels(scope({ environmentId: environment(5) }), dimension(id), keys);
      expect(await answer(clickhouse, theirs)).toEqual([]);
      expect((await answer(clickhouse, askLabels(scope(), dimension(id), keys))).length).toBeGreaterThan(3);
    }
    const noKey = askLabels(scope(), dimension("video_title"), ["not a key"]);
    await expect(answer(clickhouse, noKey)).rejects.toThrow();
  });
});

describe("askDimensionValues", () => {
  it("counts the views of each value, busiest first, and pages", async () => {
    const expected = counted(ended.map(({ country }) => country));
    const rows = await answer<ValueRow>(clickhouse, askDimensionValues(scope(), dimension("country"), all));
    expect(rows.map(({ field, total_count }) => [field, total_count])).toEqual(expected);
    expect(rows[0]?.total_row_count).toBe(expected.length);
    const page = askDimensionValues(scope(), dimension("country"), { ...all, limit: 2, offset: 1 });
    expect(await answer<ValueRow>(clickhouse, page)).toEqual(rows.slice(1, 3));
  });

  it.each(["country", "video_title", "viewer_user_id", "page_url"])(
    "finds values that hold a text, in any case: %s",
    async (id) => {
      const question = askDimensionValues(scope(), dimension(id), { ...all, search: "uS" });
      const rows = await answer<ValueRow>(clickhouse, question);
      const key = dimension(id).key;
      const values = ended.map((record) => String(record[key]));
      expect(rows.map(({ total_count }) => total_count)).toEqual([values.filter((value) => value === "US").length]);
    },
  );

  it("takes percent signs and quotes of a search as they are", async () => {
    for (const search of ["%", "' OR 1=1 --", "_"]) {
      expect(await answer(clickhouse, askDimensionValues(scope(), dimension("country"), { ...all, search }))).toEqual(
        [],
      );
    }
  });

  it("calls no value the empty text where values are keys too", async () => {
    for (const id of ["video_title", "viewer_user_id"]) {
      const rows = await answer<ValueRow>(clickhouse, askDimensionValues(scope(), dimension(id), all));
      const { key } = dimension(id);
      expect(rows.find(({ field }) => field === "")?.total_count).toBe(
        ended.filter((record) => record[key] === "").length,
      );
    }
  });

  const ordered = async (id: string, options: Partial<ValueOptions>) => {
    const question = askDimensionValues(scope(), dimension(id), { ...all, ...options });
    return (await answer<ValueRow>(clickhouse, question)).map(({ field }) => field);
  };

  it.each(["field", "value"] as const)(
    "lists values by %s both ways: numbers by what they are, keys by name",
    async (orderBy) => {
      const asns = await ordered("asn", { orderBy, direction: "asc" });
      expect(asns).toEqual(["", "1", "2", "3", "4", "5"]);
      expect(await ordered("asn", { orderBy, direction: "desc" })).toEqual(asns.reverse());
      const lasted = await ordered("video_duration", { orderBy, direction: "asc" });
      expect(lasted[0]).toBe("");
      expect(lasted.slice(1).map(Number)).toEqual(
        lasted
          .slice(1)
          .map(Number)
          .sort((one, other) => one - other),
      );
      const titles = [...new Set(ended.map(({ videoTitle }) => videoTitle))].sort();
      expect(await ordered("video_title", { orderBy, direction: "asc" })).toEqual(titles);
      expect(await ordered("video_title", { orderBy, direction: "desc", search: "us" })).toEqual(["US"]);
    },
  );

  it.each(["views", "negative_impact"] as const)("lists values and elements by %s both ways", async (orderBy) => {
    const country = dimension("country");
    const trace = dimension("video_cdn_trace");
    for (const ask of [
      (options: ValueOptions) => askDimensionValues(scope(), country, options),
      (options: ValueOptions) => askElements(scope(), trace, options),
    ]) {
      const down = (await answer<ValueRow>(clickhouse, ask({ ...all, orderBy }))).map((row) => row.total_count);
      const up = (await answer<ValueRow>(clickhouse, ask({ ...all, orderBy, direction: "asc" }))).map(
        (row) => row.total_count,
      );
      expect(up).toEqual(up.toSorted((one, other) => one - other));
      expect(down).toEqual(up.toReversed());
      expect(new Set(up).size).toBeGreaterThan(2);
    }
  });

  it("lists elements by name", async () => {
    const question = askElements(scope(), dimension("video_cdn_trace"), { ...all, orderBy: "value", direction: "asc" });
    const rows = await answer<ValueRow>(clickhouse, question);
    expect(rows.map(({ field }) => field)).toEqual([...new Set(ended.flatMap(({ cdnTrace }) => cdnTrace))].sort());
  });

  it("counts the elements of lists, once in a view", async () => {
    const rows = await answer<ValueRow>(clickhouse, askElements(scope(), dimension("video_cdn_trace"), all));
    const expected = counted(ended.flatMap(({ cdnTrace }) => [...new Set(cdnTrace)]));
    expect(rows.map(({ field, total_count }) => [field, total_count])).toEqual(expected);
    expect(() => askElements(scope(), dimension("country"), all)).toThrow(RangeError);
  });

  it("weighs where asked", async () => {
    const question = askDimensionValues(scope({ weighted: true }), dimension("country"), all);
    const rows = await answer<ValueRow>(clickhouse, question);
    const weight = ended
      .filter(({ country }) => country === "US")
      .reduce((sum, { sampleRate }) => sum + 1 / sampleRate, 0);
    expect(rows.find(({ field }) => field === "US")?.total_count).toBeCloseTo(weight, 6);
  });
});

describe("askErrors", () => {
  it("groups views by their error, with their share of all views", async () => {
    const rows = await answer<ErrorRow>(clickhouse, askErrors(scope()));
    const groups = Map.groupBy(
      ended.filter(({ errorTypeId }) => errorTypeId !== null),
      ({ errorTypeId }) => errorTypeId ?? 0,
    );
    expect(rows).toHaveLength(groups.size);
    for (const { id, count, percentage, last_seen_ms } of rows) {
      const held = groups.get(id) ?? [];
      expect([id, count]).toEqual([id, held.length]);
      expect(percentage).toBeCloseTo(held.length / ended.length, 12);
      expect(last_seen_ms).toBe(Math.max(...held.map(({ viewEndMs }) => viewEndMs)));
    }
    expect(rows.map(({ count }) => count)).toEqual(rows.map(({ count }) => count).sort((one, other) => other - one));
  });
});

describe("askViews", () => {
  const ask = async (options: Partial<ViewListOptions>) => {
    const all = { limit: 1_000, offset: 0, direction: "desc", errorTypeId: null, ...options } as const;
    return answer<ViewListRow>(clickhouse, askViews(scope(), all));
  };

  it("lists the views that ended in the range, newest first or last, in pages", async () => {
    const rows = await ask({});
    const times = ended.map(({ viewEndMs }) => viewEndMs).sort((one, other) => other - one);
    expect(rows.map(({ view_end_ms }) => view_end_ms)).toEqual(times);
    expect(new Set(rows.map(({ total_row_count }) => total_row_count))).toEqual(new Set([ended.length]));
    expect((await ask({ direction: "asc" })).map(({ view_end_ms }) => view_end_ms)).toEqual(times.reverse());
    expect(await ask({ limit: 10, offset: 5 })).toEqual(rows.slice(5, 15));
  });

  it("shows of a view what its record says", async () => {
    for (const row of (await ask({})).slice(0, 20)) {
      const record = records[Number(row.view_id.slice(5))];
      expect(row).toMatchObject({
        view_start_ms: record?.viewStartMs,
        video_title: record?.videoTitle,
        viewer_id: record?.viewerId,
        watch_ms: record?.watchMs,
        viewer_experience_score: record?.viewerExperienceScore,
        playback_failure: record?.playbackFailure ? 1 : 0,
        error_type_id: record?.errorTypeId,
      });
    }
  });

  it("keeps those with any error, or with one", async () => {
    expect(await ask({ errorTypeId: "any" })).toHaveLength(
      ended.filter(({ errorTypeId }) => errorTypeId !== null).length,
    );
    expect(await ask({ errorTypeId: 0 })).toHaveLength(ended.filter(({ errorTypeId }) => errorTypeId === 0).length);
  });
});
