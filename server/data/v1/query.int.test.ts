import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Measurement } from "../../../domain/metrics/metric.ts";
import { metricById } from "../../../domain/metrics/metrics.ts";
import { plainNumbers } from "../../../platform/clickhouse/questions/testing/plain-answers.ts";
import type { StoredRow } from "../../../platform/clickhouse/questions/testing/views-table.ts";
import { basic, createOtherTenant } from "../../testing/tenant.ts";
import { TEST_START_MS } from "../../testing/test-server.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

const HOUR_MS = 3_600_000;
const RANGE = { fromMs: TEST_START_MS - 6 * HOUR_MS, toMs: TEST_START_MS };
const TIMEFRAME = [RANGE.fromMs / 1_000, RANGE.toMs / 1_000];
const COUNTRIES = ["DE", "US", "", "BR"];
const TITLES = ["Tea at four", "", 'It\'s "late"', "Ümläut, again"];
const NUMBERS = [
  ["views", "count"],
  ["unique_viewers", "count"],
  ["watch_time", "sum"],
  ["watch_time", "median"],
  ["video_startup_time", "95th"],
  ["rebuffer_percentage", "avg"],
  ["completion_percentage", "avg"],
] as const;

let server: DataServer;
let rows: StoredRow[];

beforeAll(async () => {
  server = await startDataServer();
  rows = Array.from({ length: 240 }, (_, at) => {
    const viewStartMs = RANGE.fromMs - HOUR_MS / 2 + Math.round((at / 240) * 7 * HOUR_MS);
    const lastedMs = ((at * 7_919) % 50) * 60_000;
    return server.view({
      ...{ viewStartMs, viewEndMs: viewStartMs + lastedMs, watchMs: lastedMs, viewerId: `viewer ${at % 31}` },
      ...{ country: COUNTRIES[at % 4] ?? "", videoTitle: TITLES[Math.floor(at / 4) % 4] ?? "" },
      ...{ videoSourceHeightPx: [null, 144, 1080, 240][at % 4] ?? null, rebufferMs: (at % 11) * 500 },
      ...{ startupMs: at % 5 === 0 ? null : (at * 37) % 3_000, sourceDurationMs: at % 3 === 0 ? null : 600_000 },
      playbackRanges: [{ startMs: 0, endMs: 1_000 * at }],
    });
  });
  const ghost = server.view({ country: "DE" }, { environmentId: 2 });
  await server.store(...rows, ghost);
});
afterAll(() => server.stop());

async function ask(payload: object, authorization = basic(server.token.tokenId, server.token.tokenSecret)) {
  const answer = await server.app.inject({
    method: "POST",
    url: "/data/v1/query",
    headers: { authorization },
    payload: { timeframe: TIMEFRAME, ...payload },
  });
  return { statusCode: answer.statusCode, body: answer.json() };
}

const metrics = NUMBERS.map(([id, measurement]) => ({ id, measurement }));

/** The same by counting: views of the metric's own time in the range, kept by `keeps`. */
function plain(id: string, measurement: Measurement, range: typeof RANGE, keeps: (row: StoredRow) => boolean) {
  const metric = metricById(id);
  if (metric === null) throw new Error(id);
  const records = rows.filter(keeps).map(({ record }) => record);
  const inTime = records.filter((record) => {
    const atMs = metric.timeBasis === "view_start" ? record.viewStartMs : record.viewEndMs;
    return atMs >= range.fromMs && atMs < range.toMs;
  });
  const { value, views } = plainNumbers(inTime, metric, measurement, false);
  return { value, views };
}

// biome-ignore lint/suspicious/noExplicitAny: rows of an answer, looked at as JSON
function expectTrue(row: any, range: typeof RANGE, keeps: (row: StoredRow) => boolean) {
  for (const { metric, measurement, value, views } of row.metrics) {
    const expected = plain(metric, measurement, range, keeps);
    expect([metric, measurement, views]).toEqual([metric, measurement, expected.views]);
    if (value === null || expected.value === null) expect([metric, value]).toEqual([metric, expected.value]);
    else expect(value, metric).toBeCloseTo(expected.value, 6);
  }
}

describe("POST /data/v1/query", () => {
  it("answers one row where nothing is told apart, with every number as it is counted", async () => {
    const { body } = await ask({ metrics });
    expect(body).toMatchObject({ total_row_count: 1, next_cursor: null, timeframe: TIMEFRAME });
    expect(body.data).toHaveLength(1);
    expect(body.data[0]).toMatchObject({ time: null, group: {} });
    expectTrue(body.data[0], RANGE, () => true);
  });

  it("answers one row also where there is no view: counts and sums 0, all else null", async () => {
    const { body } = await ask({ metrics, timeframe: [1_000, 2_000] });
    expect(body.data[0].metrics.map(({ value }: { value: unknown }) => value)).toEqual([
      0,
      0,
      0,
      null,
      null,
      null,
      null,
    ]);
    expect((await ask({ metrics, timeframe: [1_000, 2_000], group_by: ["country"] })).body).toMatchObject({
      data: [],
      total_row_count: 0,
      next_cursor: null,
    });
  });

  it("tells apart by dimensions of every kind at once", async () => {
    const { body } = await ask({ metrics, group_by: ["country", "video_title", "video_source_height"] });
    expect(body.data).toHaveLength(16);
    for (const row of body.data) {
      const { country, video_title, video_source_height } = row.group;
      expectTrue(row, RANGE, ({ record }) => {
        const height = record.videoSourceHeightPx === null ? null : String(record.videoSourceHeightPx);
        return (
          record.country === (country ?? "") &&
          record.videoTitle === (video_title ?? "") &&
          height === video_source_height
        );
      });
    }
  });

  it("cuts hours of a zone, each metric by its own time of a view", async () => {
    const { body } = await ask({ metrics, granularity: "hour", time_zone: "Asia/Kathmandu", group_by: ["country"] });
    expect(body.data.length).toBeGreaterThan(24);
    for (const row of body.data) {
      expect(row.time).toMatch(/:15:00\.000Z$/);
      const fromMs = Math.max(Date.parse(row.time), RANGE.fromMs);
      const toMs = Math.min(Date.parse(row.time) + HOUR_MS, RANGE.toMs);
      expectTrue(row, { fromMs, toMs }, ({ record }) => record.country === (row.group.country ?? ""));
    }
  });

  it("narrows by filters and by views' own values", async () => {
    const { body } = await ask({
      metrics,
      filters: ["country:DE", "country:US"],
      metric_filters: ["watch_time>=600000"],
    });
    expectTrue(body.data[0], RANGE, ({ record }) => ["DE", "US"].includes(record.country) && record.watchMs >= 600_000);
  });

  it.each([
    [{ group_by: ["country", "video_title"] }],
    [{ group_by: ["video_title"], order_by: "video_title", order_direction: "desc" }],
    [{ group_by: ["video_source_height", "country"], order_by: "video_source_height", order_direction: "desc" }],
    [{ group_by: ["country"], granularity: "hour" }],
    [{ group_by: ["country"], granularity: "ten_minutes", order_by: "video_startup_time" }],
    [{ granularity: "minute", order_by: "rebuffer_percentage", order_direction: "desc" }],
    [{ group_by: ["video_title", "country"], order_by: "watch_time:median", order_direction: "desc" }],
    [{ order_by: "views" }],
  ])("gives each row of %j once over all pages, in order", async (question) => {
    const whole = (await ask({ metrics, ...question, limit: 1_000 })).body;
    expect(whole.next_cursor).toBeNull();
    const walked: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { statusCode, body } = await ask({ metrics, ...question, limit: 7, cursor });
      expect(statusCode).toBe(200);
      expect(body.total_row_count).toBe(whole.data.length);
      walked.push(...body.data);
      cursor = body.next_cursor ?? undefined;
      expect(walked.length).toBeLessThanOrEqual(whole.data.length);
    } while (cursor !== undefined);
    expect(walked).toEqual(whole.data);
  });

  it("goes on in the range of the first page, whatever comes and however late it is", async () => {
    const question = { metrics: [{ id: "views" }], group_by: ["browser"], timeframe: ["2:days"], limit: 1 };
    await server.store(
      ...["A", "B", "C"].map((browser) => server.view({ browser, viewStartMs: TEST_START_MS - 40 * HOUR_MS })),
    );
    const first = (await ask(question)).body;
    server.advance(10 * HOUR_MS);
    await server.store(server.view({ browser: "A" }), server.view({ browser: "Bb" }));
    const seen = [first.data[0].group.browser];
    for (let cursor = first.next_cursor; cursor !== null; ) {
      const { body } = await ask({ ...question, cursor });
      expect(body.timeframe).toEqual(first.timeframe);
      seen.push(...body.data.map(({ group }: { group: { browser: string } }) => group.browser));
      cursor = body.next_cursor;
    }
    server.advance(-10 * HOUR_MS);
    expect(seen).toEqual([null, "A", "B", "Bb", "C"]);
  });

  it.each([
    [{ metrics: [] }, /metrics/],
    [{ metrics: [{ id: "speed" }] }, /metrics: there is no metric speed/],
    [{ metrics: [{ id: "views", measurement: "median" }] }, /measurement: views has count/],
    [{ metrics, group_by: ["colour"] }, /group_by: there is no dimension colour/],
    [{ metrics, group_by: ["custom_11"] }, /group_by: custom_11 can only be filtered by/],
    [{ metrics, group_by: ["country", "country"] }, /group_by: names a dimension twice/],
    [{ metrics, group_by: ["country", "asn", "browser", "cdn"] }, /group_by/],
    [{ metrics, granularity: "week" }, /granularity/],
    [{ metrics, granularity: "minute", timeframe: ["90:days"] }, /granularity.*buckets/],
    [{ metrics, granularity: "hour", time_zone: "europe/berlin" }, /^time_zone/],
    [{ metrics, time_zone: "Mars/Olympus" }, /^time_zone/],
    [{ metrics: [...metrics, ...metrics] }, /^metrics: .* is there twice/],
    [{ metrics, timeframe: ["tomorrow"] }, /timeframe/],
    [{ metrics, filters: ["country"] }, /filters\[\] "country"/],
    [{ metrics, metric_filters: ["views>1"] }, /views cannot select views/],
    [{ metrics, order_by: "time" }, /order_by/],
    [{ metrics, order_by: "browser" }, /order_by/],
    [{ metrics, order_by: "watch_time:95th" }, /order_by/],
    [{ metrics, limit: 0 }, /limit/],
    [{ metrics, limit: 1_001 }, /limit/],
    [{ metrics, cursor: "abc" }, /cursor/],
    [{ metrics, sql: "SELECT 1" }, /sql/],
    [{}, /metrics/],
  ])("%j is 400", async (payload, message) => {
    const { statusCode, body } = await ask(payload);
    expect(statusCode).toBe(400);
    expect(body.error.messages.join()).toMatch(message);
  });

  it("goes on behind a text as long as any that is kept, and filters by it", async () => {
    const day = 24 * HOUR_MS;
    const timeframe = [TEST_START_MS - 3 * day, TEST_START_MS - 2 * day].map((ms) => ms / 1_000);
    const viewStartMs = TEST_START_MS - 2.5 * day;
    const times = { viewStartMs, viewEndMs: viewStartMs + 1_000, lastSeenMs: viewStartMs + 1_000 };
    const urls = ["a", "b"].map((path) => `https://a.example/${path}${"ü".repeat(8_173)}`);
    await server.store(...urls.map((pageUrl) => server.view({ ...times, pageUrl, videoSourceFps: 0.33333334 })));
    const question = { timeframe, metrics: [{ id: "views" }], group_by: ["page_url"], limit: 1 };
    const { body: first } = await ask(question);
    const { body: second } = await ask({ ...question, cursor: first.next_cursor });
    expect([first, second].map(({ data }) => data[0].group.page_url)).toEqual(urls);
    const filters = [`page_url:${urls[0]}`, "video_source_fps:0.33333334"];
    expect((await ask({ ...question, filters })).body.data[0].metrics[0].views).toBe(1);
  });

  it("takes no cursor of another question or environment", async () => {
    const question = { metrics, group_by: ["country"], limit: 1 };
    const cursor = (await ask(question)).body.next_cursor;
    const other = await createOtherTenant(server.db);
    expect((await ask({ ...question, filters: ["country:DE"], cursor })).body.error.messages[0]).toMatch(
      /another question/,
    );
    const stranger = basic(other.tokenId, other.tokenSecret);
    expect((await ask({ ...question, cursor }, stranger)).statusCode).toBe(400);
    expect((await ask({ ...question }, stranger)).body.data).toMatchObject([{ group: { country: "DE" } }]);
  });
});
