import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askBreakdown, type BreakdownRow } from "../../../domain/metrics/ask/ask-breakdown.ts";
import { askComparison } from "../../../domain/metrics/ask/ask-comparison.ts";
import { askOverall, type OverallRow } from "../../../domain/metrics/ask/ask-overall.ts";
import { askTimeseries, type PointRow } from "../../../domain/metrics/ask/ask-timeseries.ts";
import { askViews, type ViewListRow } from "../../../domain/metrics/ask/ask-views.ts";
import { type Dimension, dimensionById } from "../../../domain/metrics/dimensions.ts";
import type { Metric } from "../../../domain/metrics/metric.ts";
import { metricById } from "../../../domain/metrics/metrics.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import type { Question } from "../../../domain/monitoring/queries.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import type { TestClickHouse } from "../testing.ts";
import { plainNumbers, viewsIn } from "./testing/plain-answers.ts";
import { anyRecord } from "./testing/random-records.ts";
import { answers, environment, insertViews, type StoredRow, startViewsTable } from "./testing/views-table.ts";

const HOUR_MS = 3_600_000;
const MIDNIGHT_MS = Date.UTC(2026, 4, 5);
/** Enough rows around the view that its versions lie in granules of their own, which hold 8,192. */
const NEIGHBOURS = 20_000;
const VERSIONS = 20;

let clickhouse: TestClickHouse;
const [plain, seed] = fc.sample(anyRecord, { numRuns: 2, seed: 12 }) as [ViewRecord, ViewRecord];

/** A view that began at half past eleven in the evening. */
function versioned(endMs: number, startMs: number, watchMs: number): ViewRecord {
  return { ...seed, counted: true, bot: false, viewStartMs: startMs, viewEndMs: endMs, watchMs, country: "XX" };
}

/** A hundred views a minute or so, each of which lasts 90 s. */
const EVERY_MS = (4 * HOUR_MS) / NEIGHBOURS;
const LASTED_MS = 90_000;
const FIRST_MS = MIDNIGHT_MS - 2 * HOUR_MS;
const neighbours: ViewRecord[] = Array.from({ length: NEIGHBOURS }, (_, at) => {
  const viewStartMs = FIRST_MS + at * EVERY_MS;
  return { ...plain, counted: true, bot: false, viewStartMs, viewEndMs: viewStartMs + LASTED_MS, country: "" };
});

/** Stores the first one and lets the engine make the others of it. One of 200 arrived 20 hours after it happened. */
async function storeNeighbours(): Promise<void> {
  const [record = plain] = neighbours;
  await store({ environmentId: 5, viewId: "neighbour 0", firstSeenMs: FIRST_MS, version: 1, record });
  const start = `fromUnixTimestamp64Milli(toInt64(${FIRST_MS} + (number + 1) * ${EVERY_MS}), 'UTC')`;
  await clickhouse.client.command(`
INSERT INTO views
SELECT * EXCEPT (number) REPLACE (
  'neighbour ' || toString(number + 1) AS view_id,
  ${start} AS view_start,
  ${start} + toIntervalMillisecond(${LASTED_MS}) AS view_end,
  ${start} + toIntervalHour(if(number % 200 = 0, 20, 0)) AS first_seen)
FROM views CROSS JOIN numbers(${NEIGHBOURS - 1}) AS numbers`);
}

async function store(row: StoredRow): Promise<void> {
  await insertViews(clickhouse, [row]);
}

beforeAll(async () => {
  clickhouse = await startViewsTable();
  await clickhouse.client.command("SYSTEM STOP MERGES views"); // the worst: every version in a part of its own
  await storeNeighbours();
});
afterAll(() => clickhouse.stop());

const metric = (id: string) => metricById(id) as Metric;

function scope(fromMs: number, toMs: number): Scope {
  const all = { filters: [], metricFilters: [], weighted: false, includeBots: false };
  return { environmentId: environment(5), fromMs, toMs, ...all };
}

/** Ranges around midnight and around the edges that the view's end crosses. */
const RANGES = [
  [MIDNIGHT_MS - 24 * HOUR_MS, MIDNIGHT_MS],
  [MIDNIGHT_MS, MIDNIGHT_MS + 24 * HOUR_MS],
  [MIDNIGHT_MS - 1_800_000, MIDNIGHT_MS - 1_500_000],
  [MIDNIGHT_MS + 600_000, MIDNIGHT_MS + 700_000],
  [MIDNIGHT_MS + 1_200_000, MIDNIGHT_MS + 1_260_000],
  [MIDNIGHT_MS + 30 * HOUR_MS, MIDNIGHT_MS + 31 * HOUR_MS],
] as const;

/** The answers over the newest versions alone equal the engine's over all of them. */
async function expectPlain(view: ViewRecord, kinds: "counts" | "every kind"): Promise<void> {
  const asked = RANGES.flatMap(([fromMs, toMs]) => [
    { fromMs, toMs, each: metric("views"), measurement: "count" } as const,
    { fromMs, toMs, each: metric("watch_time"), measurement: "sum" } as const,
  ]);
  const questions = asked.map(({ fromMs, toMs, each, measurement }) =>
    askOverall(scope(fromMs, toMs), each, measurement),
  );
  const found = (await answers<OverallRow>(clickhouse, questions)).map(([row]) => [row?.value, row?.total_watch_time]);
  const expected = asked.map(({ fromMs, toMs, each, measurement }) => {
    const views = viewsIn([...touching(fromMs, toMs), view], each, { fromMs, toMs });
    const { value, total_watch_time } = plainNumbers(views, each, measurement, false);
    return [value, total_watch_time];
  });
  expect(found).toEqual(expected);
  if (kinds === "every kind") await expectSplit(view);
}

function touching(fromMs: number, toMs: number): ViewRecord[] {
  return neighbours.filter(({ viewStartMs, viewEndMs }) => viewEndMs >= fromMs && viewStartMs < toMs);
}

/** The same of a breakdown, a series, a comparison and a list, in all of which the view is told apart. */
async function expectSplit(view: ViewRecord): Promise<void> {
  const ask = <Row>(of: (scope: Scope) => Question) =>
    answers<Row>(
      clickhouse,
      RANGES.map(([fromMs, toMs]) => of(scope(fromMs, toMs))),
    );
  const ended = RANGES.map(([fromMs, toMs]) =>
    viewsIn([...touching(fromMs, toMs), view], metric("ended_views"), { fromMs, toMs }),
  );
  const numbers = ended.map(({ length }) => length);
  const rewritten = ended.map((records) => records.filter(({ country }) => country === "XX").length);

  const page = { limit: 9, offset: 0 };
  const country = dimensionById("country") as Dimension;
  const byName = { ...page, orderBy: "field", direction: "asc" } as const;
  const groups = await ask<BreakdownRow>((at) => askBreakdown(at, metric("ended_views"), "count", country, byName));
  expect(groups.map((rows) => rows.find(({ field }) => field === "XX")?.value ?? 0)).toEqual(rewritten);
  expect(groups.map((rows) => rows.reduce((sum, { views }) => sum + views, 0))).toEqual(numbers);

  const series = await ask<PointRow>((at) => askTimeseries(at, metric("ended_views"), "count", "hour"));
  expect(series.map((points) => points.reduce((sum, { views }) => sum + views, 0))).toEqual(numbers);

  const compared = await ask<Record<string, number>>(askComparison);
  expect(compared.map(([row]) => row?.["ended_views_count"])).toEqual(numbers);

  const only = { dimension: "country", operator: "is", values: ["XX"], negated: false } as const;
  const listed = await ask<ViewListRow>((at) =>
    askViews({ ...at, filters: [only] }, { ...page, direction: "desc", errorTypeId: null }),
  );
  expect(listed.map((rows) => rows.map(({ view_id }) => view_id))).toEqual(
    rewritten.map((held) => (held === 1 ? ["versioned"] : [])),
  );
}

describe("a view that is written again and again", () => {
  it("counts once, as it is now, while its end crosses midnight and the edges of the range in both directions", async () => {
    const startMs = MIDNIGHT_MS - 1_800_000;
    const endsMs = Array.from(
      { length: VERSIONS },
      (_, at) => MIDNIGHT_MS + ((at * 7) % VERSIONS) * 120_000 - 1_200_000,
    );
    for (const [at, endMs] of endsMs.entries()) {
      const record = versioned(endMs, startMs - at * 1_000, 1_000 + at);
      await store({ environmentId: 5, viewId: "versioned", firstSeenMs: startMs, version: at + 1, record });
      await expectPlain(record, at === VERSIONS / 2 ? "every kind" : "counts");
    }
  });

  it("does so too when an older version arrives last, as in a replay, and when it arrived a day late or lasts for days", async () => {
    const startMs = MIDNIGHT_MS - 1_800_000;
    const newest = versioned(MIDNIGHT_MS + 30.5 * HOUR_MS, startMs - 23 * HOUR_MS, 77);
    await store({ environmentId: 5, viewId: "versioned", firstSeenMs: startMs, version: 100, record: newest });
    await store({
      environmentId: 5,
      viewId: "versioned",
      firstSeenMs: startMs,
      version: 50,
      record: versioned(MIDNIGHT_MS + 650_000, startMs, 1),
    });
    await expectPlain(newest, "every kind");
  });

  it("does so too after the versions were merged", async () => {
    await clickhouse.client.command("SYSTEM START MERGES views");
    await clickhouse.client.command("OPTIMIZE TABLE views FINAL");
    const startMs = MIDNIGHT_MS - 1_800_000;
    await expectPlain(versioned(MIDNIGHT_MS + 30.5 * HOUR_MS, startMs - 23 * HOUR_MS, 77), "every kind");
  });
});
