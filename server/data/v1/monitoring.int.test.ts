import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LIVE_METRICS } from "../../../domain/monitoring/live-metrics.ts";
import { type BeatRow, beat, type LiveServer, startLiveServer } from "../testing/live-server.ts";

let server: LiveServer;
let mux: Mux;
let options: { tokenId: string; tokenSecret: string; baseURL: string; maxRetries: number };
/** Buckets: the one that as_of lies in, the newest of shares, and one of yesterday. */
let newest: number;
let reported: number;
let old: number;
let beats: BeatRow[];

beforeAll(async () => {
  server = await startLiveServer();
  options = { ...server.token, baseURL: server.origin, maxRetries: 0 };
  mux = new Mux(options);
  newest = server.startMs - 2_000;
  reported = newest - 15_000;
  old = newest - 23 * 3_600_000;
  beats = [
    ...[newest, reported].flatMap((bucketMs) => [
      beat({ bucketMs, view_id: "a", country: "DE", video_title: "Slow", rebuffer_ms: 2_500, bitrate: 1e6 }),
      beat({ bucketMs, view_id: "b", country: "DE", video_title: "Slow", rebuffer_ms: 5_000, bitrate: 9e6 }),
      beat({
        bucketMs,
        view_id: "c",
        country: "US",
        video_title: "Fine",
        bitrate: 3e6,
        start_attempt: 1,
        startup_ms: 450,
      }),
      beat({ bucketMs, view_id: "d", country: "US", video_title: "Fine", starting_up: 1, start_attempt: 1 }),
      beat({
        bucketMs,
        view_id: "e",
        country: "US",
        concurrent: 0,
        watch_ms: 900,
        start_attempt: 1,
        startup_failure: 1,
        playback_failure: 1,
      }),
      beat({ bucketMs, view_id: "f", concurrent: 0, watch_ms: 1_200, start_attempt: 1, exit_before_start: 1 }),
    ]),
    beat({ bucketMs: newest - 5_000, view_id: "c", country: "US", video_title: "Fine" }),
    beat({ bucketMs: reported - 5_000, view_id: "c", country: "US", video_title: "Fine", bitrate: 2e6 }),
    beat({ bucketMs: newest - 90_000, view_id: "g", country: "AT", video_title: "Fine", startup_ms: 12_000 }),
    beat({ bucketMs: old, view_id: "y", country: "FR", video_title: "Old", bitrate: 4e6 }),
    beat({ bucketMs: newest, view_id: "a", country: "XX", video_title: "Theirs", environment_id: 2, startup_ms: 100 }),
  ];
  await server.storeBeats(...beats);
});
afterAll(() => server.stop());

const seconds = (ms: number) => ms / 1_000;
const sum = (rows: readonly BeatRow[], value: (row: BeatRow) => number) =>
  rows.reduce((all, row) => all + value(row), 0);
const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** Every metric of some beats, worked out as docs/realtime.md says it. */
const PLAIN: Record<string, (rows: readonly BeatRow[]) => number | null> = {
  "current-concurrent-viewers": (rows) => sum(rows, (row) => row.concurrent),
  "current-rebuffering-percentage": (rows) =>
    ratio(
      sum(rows, (row) => row.rebuffer_ms),
      sum(rows, (row) => row.watch_ms),
    ),
  "exits-before-video-start": (rows) =>
    ratio(
      sum(rows, (row) => row.exit_before_start),
      sum(rows, (row) => row.start_attempt),
    ),
  "playback-failure-percentage": (rows) =>
    ratio(
      sum(rows, (row) => row.playback_failure),
      sum(rows, (row) => row.concurrent + row.playback_failure),
    ),
  "current-average-bitrate": (rows) => {
    const playing = rows.filter((row) => row.bitrate > 0 && row.starting_up === 0 && row.watch_ms > row.rebuffer_ms);
    return ratio(
      sum(playing, (row) => row.bitrate),
      playing.length,
    );
  },
  "video-startup-failure-percentage": (rows) =>
    ratio(
      sum(rows, (row) => row.startup_failure),
      sum(rows, (row) => row.start_attempt),
    ),
};

const newestOf = (id: string) => (id === "current-concurrent-viewers" ? newest : reported);
const ours = (bucketMs: number) => beats.filter((row) => row.environment_id === 1 && row.bucketMs === bucketMs);

describe("/data/v1/monitoring: which there are", () => {
  it("lists metrics and dimensions with their names", async () => {
    const [metrics, dimensions] = await Promise.all([
      mux.data.monitoring.metrics.list(),
      mux.data.monitoring.listDimensions(),
    ]);
    expect(metrics.data.map(({ name }) => name).sort()).toEqual([...Object.keys(PLAIN), "video-startup-time"].sort());
    expect(dimensions.data).toContainEqual({ name: "playback_id", display_name: "Playback ID" });
    expect([dimensions.data.length, dimensions.total_row_count]).toEqual([17, 17]);
  });
});

describe("breakdown", () => {
  it.each(LIVE_METRICS.map(({ id }) => id))("%s of every country now, as counted by hand", async (id) => {
    // the SDK's list of ids is that of the metrics
    const { data } = await mux.data.monitoring.metrics.getBreakdown(id as "current-concurrent-viewers");
    const found = new Map(data.map(({ value, metric_value: number }) => [value, number]));
    const groups = Map.groupBy(ours(newestOf(id)), ({ country }) => country || null);
    expect(found).toEqual(new Map([...groups].map(([country, rows]) => [country, PLAIN[id]?.(rows) ?? null])));
  });

  it("tells every field, its moment, and how fresh it is", async () => {
    const { body } = await server.get("/data/v1/monitoring/metrics/current-rebuffering-percentage/breakdown");
    expect(body).toMatchObject({
      total_row_count: 3,
      timeframe: [seconds(reported), seconds(reported)],
      as_of: new Date(server.startMs).toISOString(),
      delay_ms: 0,
    });
    expect(body.data[0]).toEqual({
      ...{ value: "DE", metric_value: 0.75, concurrent_viewers: 2, starting_up_viewers: 0, negative_impact: 1 },
    });
    expect(body.data[1]).toMatchObject({ value: null, metric_value: 0 });
  });

  it("goes back to any moment of the last day", async () => {
    const { data, timeframe } = await mux.data.monitoring.metrics.getBreakdown("current-average-bitrate", {
      dimension: "video_title",
      timestamp: seconds(old) + 4,
    });
    expect(data).toMatchObject([{ value: "Old", metric_value: 4e6, concurrent_viewers: 1 }]);
    expect(timeframe).toEqual([seconds(old), seconds(old)]);
    const between = await mux.data.monitoring.metrics.getBreakdown("current-average-bitrate", {
      timestamp: seconds(old) - 5,
    });
    expect([between.data, between.total_row_count]).toEqual([[], 0]);
  });

  it("takes the newest moment there is for one that is not stored yet", async () => {
    const { timeframe } = await mux.data.monitoring.metrics.getBreakdown("current-concurrent-viewers", {
      timestamp: seconds(newest) + 30,
    });
    expect(timeframe).toEqual([seconds(newest), seconds(newest)]);
  });

  it.each([
    ["order_by=field&order_direction=asc", [null, "Fine", "Slow"]],
    ["order_by=field", ["Slow", "Fine", null]],
    ["order_by=views&filters[]=!video_title:Slow", ["Fine", null]],
    ["filters[]=video_title:Slow&filters[]=video_title:Fine&order_by=field", ["Slow", "Fine"]],
    ["filters[]=video_title:__empty__", [null]],
    ["filters[]=country:US&filters[]=video_title:Slow", []],
    ["order_by=field&limit=1", ["Slow"]],
  ])("by title, %s", async (query, titles) => {
    const path = "/data/v1/monitoring/metrics/current-concurrent-viewers/breakdown?dimension=video_title";
    const { body } = await server.get(`${path}&${query}`);
    expect(body.data.map((row: { value: string }) => row.value)).toEqual(titles);
  });
});

describe("timeseries", () => {
  it.each(LIVE_METRICS.map(({ id }) => id))("%s of the last 30 minutes, as counted by hand", async (id) => {
    const { data, timeframe, total_row_count } = await mux.data.monitoring.metrics.getTimeseries(
      id as "current-concurrent-viewers",
    );
    expect([data.length, total_row_count]).toEqual([360, 360]);
    expect(timeframe).toEqual([seconds(newestOf(id)) + 5 - 1_800, seconds(newestOf(id)) + 5]);
    const at = (bucketMs: number) => data.find(({ date }) => Date.parse(date) === bucketMs);
    for (const bucketMs of [newestOf(id), reported, reported - 5_000, newest - 90_000, newest - 600_000]) {
      const rows = ours(bucketMs);
      const expected = { value: PLAIN[id]?.(rows), concurrent_viewers: sum(rows, (row) => row.concurrent) };
      expect(at(bucketMs)).toMatchObject(expected);
    }
    expect(data.every(({ date }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d[05]Z$/.test(date))).toBe(true);
  });

  it("is 30 minutes from any moment on, as far as they are stored", async () => {
    const ask = (timestamp: number) =>
      mux.data.monitoring.metrics.getTimeseries("current-concurrent-viewers", { timestamp });
    const [past, late] = await Promise.all([ask(seconds(old) - 60), ask(seconds(newest) - 60)]);
    expect([past.data.length, past.data[12], late.data.length]).toEqual([
      360,
      { date: new Date(old).toISOString().replace(".000", ""), value: 1, concurrent_viewers: 1 },
      13,
    ]);
  });
});

describe("breakdown over time", () => {
  it("is the last minute, with the worst of every 5 seconds first, and what is empty left empty", async () => {
    const { data, timeframe } = await mux.data.monitoring.metrics.getBreakdownTimeseries("current-average-bitrate", {
      dimension: "video_title",
    });
    expect([data.length, timeframe]).toEqual([12, [seconds(reported) - 55, seconds(reported) + 5]]);
    expect(data.at(-1)?.values.map(({ value, metric_value: number }) => [value, number])).toEqual([
      ["Slow", 1e6],
      ["Fine", 3e6],
      [null, null],
    ]);
    expect(data.at(-2)?.values).toEqual([
      { value: "Fine", metric_value: 2e6, concurrent_viewers: 1, starting_up_viewers: 0 },
    ]);
    expect(data[0]).toEqual({ date: new Date(reported - 55_000).toISOString().replace(".000", ""), values: [] });
  });

  it("keeps to a timeframe and a limit", async () => {
    const { data } = await mux.data.monitoring.metrics.getBreakdownTimeseries("current-concurrent-viewers", {
      timeframe: [String(seconds(newest) - 5), String(seconds(newest) + 5)],
      order_by: "views",
      order_direction: "desc",
      limit: 1,
      filters: ["!country:DE"],
    });
    expect(data.map(({ values }) => values.map(({ value, metric_value: number }) => [value, number]))).toEqual([
      [["US", 1]],
      [["US", 2]],
    ]);
  });
});

it("draws start-up times a minute, in bars", async () => {
  const { data, meta, total_row_count } =
    await mux.data.monitoring.metrics.getHistogramTimeseries("video-startup-time");
  expect([data.length, total_row_count]).toEqual([30, 30]);
  expect(meta.buckets.at(1)).toEqual({ start: 100, end: 500 });
  expect(meta.buckets.at(-1)).toEqual({ start: 10_000, end: null });
  const [slow, quick] = data.filter((minute) => minute.sum > 0);
  expect(slow).toMatchObject({ sum: 1, median: 12_000, p95: 12_000, average: 12_000, max_percentage: 1 });
  expect(slow?.bucket_values.at(-1)).toEqual({ count: 1, percentage: 1 });
  expect(quick?.bucket_values.at(1)).toEqual({ count: 2, percentage: 1 }); // in both of the buckets
  expect(data[0]).toMatchObject({ sum: 0, median: null, max_percentage: 0 });
  const none = await mux.data.monitoring.metrics.getHistogramTimeseries("video-startup-time", {
    filters: ["country:XX"],
  });
  expect(none.data.every((minute) => minute.sum === 0)).toBe(true);
});

describe("by every client", () => {
  const country = { dimension: "country" } as const;
  const asked = "current-rebuffering-percentage";

  // clients of one generation are one type to the compiler, so there are two equal tests
  it.each([
    ["15", () => new Mux(options).data],
    ["14", () => new Mux14(options).data],
  ] as const)("mux-node %s", async (_, dataOf) => {
    const { monitoring, realTime } = dataOf();
    const { metrics } = monitoring;
    await expectAlike(metrics.getBreakdown(asked, country), realTime.retrieveBreakdown(asked, country));
    await expectAlike(metrics.getTimeseries(asked), realTime.retrieveTimeseries(asked));
    await expectAlike(
      metrics.getHistogramTimeseries("video-startup-time"),
      realTime.retrieveHistogramTimeseries("video-startup-time"),
    );
    await expectAlike(monitoring.listDimensions(), realTime.listDimensions());
    expect((await metrics.getBreakdownTimeseries(asked, country)).data).toHaveLength(12);
    expect([(await metrics.list()).data.length, (await realTime.listMetrics()).data.length]).toEqual([7, 6]);
  });

  it.each([
    ["12", () => new Mux12(options).data],
    ["9", () => new Mux9(options).data],
  ] as const)("mux-node %s", async (_, dataOf) => {
    const { monitoring, realTime } = dataOf();
    const { metrics } = monitoring;
    await expectAlike(metrics.getBreakdown(asked, country), realTime.retrieveBreakdown(asked, country));
    await expectAlike(metrics.getTimeseries(asked), realTime.retrieveTimeseries(asked));
    await expectAlike(
      metrics.getHistogramTimeseries("video-startup-time"),
      realTime.retrieveHistogramTimeseries("video-startup-time"),
    );
    await expectAlike(monitoring.listDimensions(), realTime.listDimensions());
    expect((await metrics.getBreakdownTimeseries(asked, country)).data).toHaveLength(12);
    expect([(await metrics.list()).data.length, (await realTime.listMetrics()).data.length]).toEqual([7, 6]);
  });

  it("knows under the older paths nothing that came later", async () => {
    for (const path of [
      "video-startup-failure-percentage/breakdown",
      "current-concurrent-viewers/breakdown-timeseries",
    ])
      expect((await server.get(`/data/v1/realtime/metrics/${path}`)).statusCode).toBe(404);
  });
});

/** The same rows under the path of today and the older one, and some at all. */
async function expectAlike(today: PromiseLike<{ data: unknown[] }>, older: PromiseLike<{ data: unknown[] }>) {
  const [{ data }, { data: same }] = await Promise.all([today, older]);
  expect(data.length).toBeGreaterThan(1);
  expect(same).toEqual(data);
}

it.each([
  ["metrics/speed/breakdown", 404, /no metric speed/],
  ["metrics/video-startup-time/timeseries", 404, /has a histogram only/],
  ["metrics/current-concurrent-viewers/histogram-timeseries", 404, /has no histogram/],
  ["metrics/current-concurrent-viewers/breakdown?dimension=colour", 400, /dimension: .*video_title/],
  ["metrics/current-concurrent-viewers/breakdown?timestamp=now", 400, /timestamp: must be Unix seconds/],
  ["metrics/current-concurrent-viewers/breakdown?timestamp=-1", 400, /timestamp: must be Unix seconds/],
  [
    "metrics/current-concurrent-viewers/breakdown?timestamp=1000",
    400,
    /timestamp: give Unix seconds of the last 24 hours/,
  ],
  ["metrics/current-concurrent-viewers/breakdown?timestamp=1795600000000", 400, /are these milliseconds/],
  ["metrics/current-concurrent-viewers/breakdown?order_by=sum", 400, /order_by: .*negative_impact/],
  ["metrics/current-concurrent-viewers/breakdown?order_direction=up", 400, /order_direction/],
  ["metrics/current-concurrent-viewers/breakdown?limit=1001", 400, /limit/],
  ["metrics/current-concurrent-viewers/timeseries?filters[]=colour:red", 400, /no monitoring dimension colour/],
  ["metrics/current-concurrent-viewers/timeseries?timestamp=1000", 400, /timestamp/],
  ["metrics/current-concurrent-viewers/breakdown-timeseries?limit=101", 400, /limit/],
  [
    "metrics/current-concurrent-viewers/breakdown-timeseries?timeframe[]=1:hours",
    400,
    /timeframe\[\]: may be 10 minutes/,
  ],
  [
    "metrics/current-concurrent-viewers/breakdown-timeseries?timeframe[]=1&timeframe[]=60",
    400,
    /timeframe\[\]: give Unix/,
  ],
  ["metrics/video-startup-time/histogram-timeseries?filters[]=asn:x", 400, /asn is a number/],
])("%s is %i", async (path, status, message) => {
  const { statusCode, body } = await server.get(`/data/v1/monitoring/${path}`);
  expect([statusCode, body.error?.messages.join()]).toEqual([status, expect.stringMatching(message)]);
});

describe("how fresh an answer is", () => {
  const path = "/data/v1/monitoring/metrics/current-concurrent-viewers/timeseries";

  it("moves on with what is stored, and says with it what came meanwhile", async () => {
    await server.get(path);
    await server.storeBeats({ bucketMs: newest + 5_000, view_id: "h", country: "DE" });
    server.advance(7_000);
    await server.tellStoredUntil(server.startMs + 5_000);
    await vi.waitFor(async () => expect((await server.get(path)).body.delay_ms).toBe(2_000), { timeout: 5_000 });
    const { body } = await server.get(path);
    expect(body.data.at(-1)).toMatchObject({ concurrent_viewers: 1, date: expect.stringMatching(/:35Z$/) });
  });

  it("stands still with it, and says so", async () => {
    server.advance(3_600_000);
    const [{ body }, { body: now }] = await Promise.all([
      server.get(path),
      server.get(
        `/data/v1/monitoring/metrics/current-concurrent-viewers/breakdown?timestamp=${seconds(server.startMs) + 3_607}`,
      ),
    ]);
    expect(body).toMatchObject({ as_of: new Date(server.startMs + 5_000).toISOString(), delay_ms: 3_602_000 });
    expect(body.data.at(-1)).toMatchObject({ concurrent_viewers: 1 });
    expect(now.timeframe).toEqual([seconds(newest) + 5, seconds(newest) + 5]);
  });

  it("is no answer once the numbers are gone, or where there never were any", async () => {
    server.advance(24 * 3_600_000);
    const gone = await server.get(path);
    expect([gone.statusCode, gone.body.error.messages.join()]).toEqual([
      503,
      expect.stringMatching(/stands still since/),
    ]);
    await server.clickhouse.client.command("TRUNCATE TABLE stored_until");
    await vi.waitFor(
      async () => expect((await server.get(path)).body.error.messages.join()).toMatch(/has not run yet/),
      { timeout: 5_000 },
    );
  });
});
