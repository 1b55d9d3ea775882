import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DIMENSIONS } from "../../../domain/metrics/dimensions.ts";
import { createOtherTenant, createToken } from "../../testing/tenant.ts";
import { TEST_START_MS } from "../../testing/test-server.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

const DAY_MS = 86_400_000;

let server: DataServer;
let options: { tokenId: string; tokenSecret: string; baseURL: string; maxRetries: number };
let mux: Mux;

beforeAll(async () => {
  server = await startDataServer();
  options = { ...server.token, baseURL: server.origin, maxRetries: 0 };
  mux = new Mux(options);
  await server.store(
    server.view({ country: "DE", videoTitle: "One", cdnTrace: ["fastly", "akamai", "fastly"], startupMs: 100 }),
    server.view({ country: "DE", videoTitle: "One", cdnTrace: ["fastly"], startupMs: 300 }),
    server.view({ country: "US", videoTitle: "Two", cdnTrace: ["own"], videoSourceHeightPx: 1_080 }),
    server.view({ country: "US", videoTitle: "", videoSourceHeightPx: 144 }),
    server.view({ country: "DE", videoTitle: "Old", viewEndMs: TEST_START_MS - 2 * DAY_MS }),
    server.view({ country: "FR", videoTitle: "Theirs", cdnTrace: ["theirs"] }, { environmentId: 2 }),
    server.view({ country: "XX", videoTitle: "Crawled", bot: true }),
  );
});
afterAll(() => server.stop());

async function walked<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of pages) all.push(each);
  return all;
}

const counted = (rows: readonly { value: string | null; total_count: number }[]) =>
  rows.map(({ value, total_count }) => [value, total_count]);

describe("the list of dimensions", () => {
  it("has what breaks down by its level, and what only filters apart, over the last day", async () => {
    const { data, total_row_count, timeframe } = await mux.data.dimensions.list();
    expect([data.basic.length + data.advanced.length, total_row_count]).toEqual([94, null]);
    expect([data.basic.includes("video_title"), data.advanced.includes("country")]).toEqual([true, true]);
    expect((timeframe[1] ?? 0) - (timeframe[0] ?? 0)).toBe(86_400);
    const { body } = await server.get("/data/v1/dimensions");
    expect(body.data.filter_only).toContain("custom_11");
    expect(body.details.map(({ id }: { id: string }) => id)).toEqual(DIMENSIONS.map(({ id }) => id));
    expect(body.details[0]).toEqual({ id: "asn", title: "ASN", type: "integer", groupable: true });
  });

  it("is the same for clients of four versions, under its older name too", async () => {
    const [of9, of12, of14, older, { data }] = await Promise.all([
      new Mux9(options).data.dimensions.list(),
      new Mux12(options).data.dimensions.list(),
      new Mux14(options).data.dimensions.list(),
      server.get("/data/v1/filters"),
      mux.data.dimensions.list(),
    ]);
    expect([of9.data, of12.data, of14.data, older.body.data]).toEqual([data, data, data, data]);
  });
});

describe("values of a dimension", () => {
  it.each([1, 2, 100])("are counted, most frequent first, each once, on pages of %i", async (limit) => {
    expect(counted(await walked(mux.data.dimensions.listValues("video_title", { limit })))).toEqual([
      ["One", 2],
      [null, 1],
      ["Two", 1],
    ]);
  });

  it("are of the views asked", async () => {
    const of = async (query: Mux.Data.DimensionListValuesParams, id = "country") =>
      counted(await walked(mux.data.dimensions.listValues(id, query)));
    expect(await of({ filters: ["video_title:Two"] })).toEqual([["US", 1]]);
    expect(await of({ filters: ["video_title:__empty__"] })).toEqual([["US", 1]]);
    expect(await of({ metric_filters: ["video_startup_time>=200"], filters: ["country:DE"] })).toEqual([["DE", 1]]);
    expect(await of({ timeframe: ["7:days"] })).toEqual([
      ["DE", 3],
      ["US", 2],
    ]);
    expect(await of({ timeframe: ["0", "7258118400"] }, "video_title")).toHaveLength(4);
    expect(await of({ timeframe: ["1000000", "1000001"] })).toEqual([]);
    expect(await of({ filters: ["country:FR"] })).toEqual([]);
    const { body } = await server.get("/data/v1/dimensions/country?include_bots=true&filters[]=country:XX");
    expect(counted(body.data)).toEqual([["XX", 1]]);
  });

  it("are lists where a view has several, and nothing where it has none", async () => {
    expect(counted(await walked(mux.data.dimensions.listValues("video_cdn_trace")))).toEqual([
      [null, 1],
      ["[fastly,akamai,fastly]", 1],
      ["[fastly]", 1],
      ["[own]", 1],
    ]);
  });

  it("are found by a part in any case, and ordered by themselves, numbers as numbers", async () => {
    const found = await server.get("/data/v1/dimensions/video_title?query=tW");
    expect([counted(found.body.data), found.body.total_row_count]).toEqual([[["Two", 1]], 1]);
    const path = "/data/v1/dimensions/video_source_height?order_by=value&order_direction=asc";
    expect(counted((await server.get(path)).body.data)).toEqual([
      [null, 2],
      ["144", 1],
      ["1080", 1],
    ]);
  });

  it("tell how many there are, on pages behind the last too", async () => {
    const pages = await Promise.all(
      [1, 2, 999].map((page) => server.get(`/data/v1/dimensions/country?limit=1&page=${page}`)),
    );
    expect(pages.map(({ body }) => [body.data.length, body.total_row_count])).toEqual([
      [1, 2],
      [1, 2],
      [0, 2],
    ]);
  });

  it("are the same for clients of four versions, under their older name too", async () => {
    const [of15, ...others] = await Promise.all([
      walked(mux.data.dimensions.listValues("country")),
      walked(new Mux14(options).data.dimensions.listValues("country")),
      walked(new Mux12(options).data.dimensions.listValues("country")),
      walked(new Mux9(options).data.dimensions.listValues("country")),
      walked(new Mux14(options).data.filters.listValues("country", { limit: 1 })),
      walked(new Mux12(options).data.filters.listValues("country", { limit: 1 })),
      walked(new Mux9(options).data.filters.listValues("country", { limit: 1 })),
    ]);
    expect(counted(of15)).toEqual([
      ["DE", 2],
      ["US", 2],
    ]);
    for (const other of others) expect(other).toEqual(of15);
  });

  it("are of one environment", async () => {
    const other = await createOtherTenant(server.db);
    const authorization = await createToken(server.db, other.environmentId, ["data:read"]);
    const get = (url: string) => server.app.inject({ url: `/data/v1/${url}`, headers: { authorization } });
    expect(counted((await get("dimensions/video_title")).json().data)).toEqual([["Theirs", 1]]);
    expect(counted((await get("dimensions/video_title?query=one")).json().data)).toEqual([]);
    expect(counted((await get("dimensions/video_cdn_trace/elements")).json().data)).toEqual([["theirs", 1]]);
  });
});

describe("elements of lists", () => {
  it.each([1, 100])("count a view once for each that differs, on pages of %i", async (limit) => {
    expect(counted(await walked(mux.data.dimensions.listTraceElements("video_cdn_trace", { limit })))).toEqual([
      ["fastly", 2],
      ["akamai", 1],
      ["own", 1],
    ]);
  });

  it("go in the order asked, for clients of three versions", async () => {
    const query: Mux.Data.DimensionListTraceElementsParams = {
      ...{ order_by: "field", order_direction: "asc", filters: ["+video_cdn_trace:akamai"] },
    };
    const lists = await Promise.all([
      walked(mux.data.dimensions.listTraceElements("video_cdn_trace", query)),
      walked(new Mux14(options).data.dimensions.listTraceElements("video_cdn_trace", query)),
      walked(new Mux12(options).data.dimensions.listTraceElements("video_cdn_trace", query)),
    ]);
    for (const list of lists)
      expect(counted(list)).toEqual([
        ["akamai", 1],
        ["fastly", 1],
      ]);
  });
});

it.each([
  ["dimensions/colour", 404, /no dimension colour/],
  ["filters/colour", 404, /no dimension colour/],
  ["dimensions/colour/elements", 404, /no dimension colour/],
  ["dimensions/country/elements", 400, /dimension_id: country holds no lists/],
  ["dimensions/country?limit=0", 400, /limit/],
  ["dimensions/country?page=x", 400, /page/],
  ["dimensions/country?order_by=size", 400, /order_by/],
  ["dimensions/country?order_direction=up", 400, /order_direction/],
  ["dimensions/country?filters[]=country", 400, /filters\[\] "country"/],
  ["dimensions/country?filters[]=video_cdn_trace:fastly", 400, /video_cdn_trace is a list/],
  ["dimensions/country?metric_filters[]=views>1", 400, /metric_filters\[\]/],
  ["dimensions/country?timeframe[]=soon", 400, /timeframe\[\]/],
  [`dimensions/country?query=${"x".repeat(256)}`, 400, /query.*255/],
  ["dimensions/country?query=%00", 400, /query/],
])("%.60s is %i", async (path, status, message) => {
  const { statusCode, body } = await server.get(`/data/v1/${path}`);
  expect(statusCode).toBe(status);
  expect(body.error.messages.join()).toMatch(message);
});
