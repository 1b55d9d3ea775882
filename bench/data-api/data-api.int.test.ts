import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openQueryStore, type QueryStore } from "../queries/query-store.ts";
import { RANGES } from "../queries/ranges.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import { type Call, dataRows } from "./call.ts";
import { callsOf } from "./calls.ts";
import { compareCalls, secondsOf } from "./compare-calls.ts";
import { measureDashboards } from "./dashboards.ts";
import { fillLiveRows } from "./live-rows.ts";
import { namedIn } from "./named.ts";

/** Enough that somebody watches at every moment of the last half hour, few enough for a test. */
const VIEWS = 20_000;

let folder: string;
let store: QueryStore;
let server: ApiServer;
let calls: Call[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-data-api-"));
  store = await openQueryStore({ folder, views: VIEWS, say: () => undefined });
  await fillLiveRows(store.clickhouse);
  server = await startApiServer(store, { sharesAnswers: false });
  calls = callsOf(await namedIn(store));
});

afterAll(async () => {
  await server.stop();
  await store.stop();
  await rm(folder, { recursive: true, force: true });
});

it("gets the same answers over HTTP and from SQL written by hand", async () => {
  expect(await compareCalls(store, server, calls)).toEqual([]);
});

it.each(["one view", "monitoring timeseries", "monitoring breakdown", "heatmap", "subview", "errors"])(
  "asks for %s where there is something",
  async (name) => {
    const found = calls.filter((call) => call.name.startsWith(name));
    expect(found).not.toEqual([]);
    for (const call of found) {
      const rows = call.rows(await server.ask(call.request(secondsOf(MONTH))));
      expect(JSON.stringify(rows)).toMatch(/[1-9]/);
    }
  },
);
const [, MONTH] = RANGES;

it("shows the timeline of the view that is asked for", async () => {
  const view = calls.find(({ name }) => name === "one view");
  const [row] = dataRows(await server.ask(view?.request(secondsOf(MONTH)) ?? { path: "" }));
  expect(row?.["events"]).toEqual(expect.arrayContaining([expect.objectContaining({ name: "playing" })]));
});

it("keeps dashboards on spans that hold views", async () => {
  const path = "/metrics/views/overall?timeframe[]=24:hours";
  const [total] = dataRows(await server.ask({ path }));
  expect(total?.["value"]).toBeGreaterThan(VIEWS / 2 / 30 / 2);
  const { oneCpuMs, manyCpuMs } = await measureDashboards(server, store.pid, { many: 2, seconds: 1 });
  expect([oneCpuMs, manyCpuMs].every(Number.isFinite)).toBe(true);
});

it("fails for an answer that is none", async () => {
  await expect(server.ask({ path: "/metrics/nonsense/overall" })).rejects.toThrow(/answered 404/);
});
