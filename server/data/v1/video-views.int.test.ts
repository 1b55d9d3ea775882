import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { VIEW_FIELDS } from "../../../domain/data-api/view-fields.ts";
import type { DataServer } from "../testing/data-server.ts";
import { startDataServer } from "../testing/data-server.ts";

const NOW_MS = Math.floor(Date.now() / 1_000) * 1_000;
const MINUTE_MS = 60_000;
const PATH = "/data/v1/video-views";

let server: DataServer;
let mux: Mux;

beforeAll(async () => {
  server = await startDataServer({ startMs: NOW_MS });
  mux = new Mux({ ...server.token, baseURL: server.origin });
});
afterAll(() => server.stop());

/** A view that ended so many minutes ago. */
function ended(viewId: string, minutesAgo: number, parts: Parameters<DataServer["view"]>[0] = {}, environmentId = 1) {
  const viewEndMs = NOW_MS - minutesAgo * MINUTE_MS;
  const times = { viewStartMs: viewEndMs - MINUTE_MS, viewEndMs, lastSeenMs: viewEndMs };
  return server.view({ ...times, ...parts }, { viewId, environmentId });
}

async function walk(query: object, between: (page: number) => Promise<void> = async () => undefined) {
  const ids: string[] = [];
  let pages = 0;
  for await (const page of (await mux.data.videoViews.list(query)).iterPages()) {
    ids.push(...page.data.map(({ id }) => id));
    pages += 1;
    await between(pages);
  }
  return { ids, pages };
}

describe("the list of views", () => {
  it("is by the end, newest first, with the fields of the reference, and ends", async () => {
    await server.store(
      ended("a", 1, { country: "DE", videoTitle: "One", operatingSystem: "iOS", browser: "Safari" }),
      ended("b", 3, { country: "DE", errorTypeId: 7, errorCode: "4", errorMessage: "no", playbackFailure: true }),
      ended("c", 2, { country: "DE", viewerUserId: "ada", viewerId: "ada", muxViewerId: "cookie-1" }),
      ended("d", 26 * 60, { country: "DE" }),
      ended("theirs", 1, { country: "DE" }, 2),
      ended("robot", 1, { country: "DE", bot: true }),
    );
    expect(await walk({ filters: ["country:DE"], limit: 2 })).toEqual({ ids: ["a", "c", "b"], pages: 3 });
    expect((await walk({ filters: ["country:DE"], limit: 2, order_direction: "asc" })).ids).toEqual(["b", "c", "a"]);
    const { body } = await server.get(`${PATH}?filters[]=country:DE`);
    expect(body.data[2]).toMatchObject({
      id: "b",
      view_start: new Date(NOW_MS - 4 * MINUTE_MS).toISOString(),
      view_end: new Date(NOW_MS - 3 * MINUTE_MS).toISOString(),
      video_title: null,
      viewer_os_family: null,
      viewer_application_name: null,
      country_code: "DE",
      watch_time: expect.any(Number),
      viewer_experience_score: expect.any(Number),
      playback_failure: true,
      error_type_id: 7,
      player_error_code: "4",
      player_error_message: "no",
      total_row_count: 3,
      open: false,
    });
    expect([body.total_row_count, body.timeframe[1] - body.timeframe[0], body.next_cursor]).toEqual([3, 86_400, null]);
  });

  it.each([
    [{ viewer_id: "ada" }, ["c"]],
    [{ viewer_id: "cookie-1" }, ["c"]],
    [{ viewer_id: "nobody" }, []],
    [{ error_id: 7 }, ["b"]],
    [{ error_id: "any" }, ["b"]],
    [{ error_id: 8 }, []],
    [{ timeframe: ["2:days"] }, ["a", "c", "b", "d"]],
    [{ timeframe: ["1000000", "1000001"] }, []],
    [{ timeframe: ["0", "7258118400"], metric_filters: ["playback_failure_percentage>=1"] }, ["b"]],
  ])("narrowed by %j", async (query, ids) => {
    expect((await walk({ filters: ["country:DE"], ...(query as object) })).ids).toEqual(ids);
  });

  it.each(["desc", "asc"] as const)(
    "gives every view once while others come and while views go on: %s",
    async (order_direction) => {
      const area = `area ${order_direction}`;
      const query = { filters: [`region:${area}`], limit: 7, order_direction, timeframe: ["24:hours"] };
      const there = Array.from({ length: 40 }, (_, at) => ended(`${area} ${at}`, 10 + at, { region: area }));
      await server.store(...there);
      const { ids } = await walk(query, async (page) => {
        const newer = [0.1, 0.2].map((minutes) => ended(`${area} new ${page} ${minutes}`, minutes, { region: area }));
        const wentOn = ended(`${area} ${(page * 13) % 40}`, 0.5, { region: area });
        await server.store(...newer, { ...wentOn, firstSeenMs: NOW_MS - 100 * MINUTE_MS, version: 9 });
        const again = there[(page * 13) % 40];
        if (again !== undefined) await server.store({ ...wentOn, firstSeenMs: again.firstSeenMs, version: 9 });
        server.advance(3_000);
      });
      expect(ids.toSorted()).toEqual(there.map(({ viewId }) => viewId).toSorted());
    },
  );

  it("leaves no question behind that nobody waits for when a cursor is refused", async () => {
    await sleep(1_100); // what is known of the store is kept for a second
    const query = vi.spyOn(server.clickhouse.client, "query").mockRejectedValue(new Error("the store is down"));
    const { statusCode } = await server.get(`${PATH}?cursor=x`);
    expect([statusCode, query.mock.calls.length]).toEqual([400, 1]);
    query.mockRestore();
  });

  it("gives every view once beyond what is fetched at first, by page and by cursor", async () => {
    const region = "many";
    const there = Array.from({ length: 700 }, (_, at) => ended(`many ${at}`, 20 + (at % 90), { region }));
    await server.store(...there);
    const query = `${PATH}?filters[]=region:many&limit=100`;
    const wanted = there.map(({ viewId }) => viewId).toSorted();
    let page = 0;
    const arrive = () => {
      page += 1;
      const wentOn = [85, 88, 89].map((at) => {
        return { ...ended(`many ${at}`, 0.4, { region }), firstSeenMs: there[at]?.firstSeenMs ?? 0, version: 9 };
      });
      return server.store(ended(`late ${page}`, 0.3, { region }), ...(page === 1 ? wentOn : []));
    };
    const { ids } = await walk({ filters: ["region:many"], limit: 100 }, arrive);
    expect(ids.toSorted()).toEqual(wanted);

    server.advance(10_000); // not the shared answer of the walk's beginning
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await server.get(`${query}${cursor === "" ? "" : `&cursor=${cursor}`}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      expect(body.total_row_count).toBeGreaterThanOrEqual(700);
      cursor = body.next_cursor;
      await arrive();
    }
    expect(seen.filter((id) => id.startsWith("many")).toSorted()).toEqual(wanted);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("keeps walks of one query apart", async () => {
    const query = { filters: ["region:apart"], limit: 2 };
    const ids = (list: { data: { id: string }[] }) => list.data.map(({ id }) => id);
    await server.store(...[1, 2, 3, 4].map((at) => ended(`apart ${at}`, 30 + at, { region: "apart" })));
    const one = await mux.data.videoViews.list(query);
    const second = await one.getNextPage();
    await server.store(ended("apart 0", 29, { region: "apart" }));
    server.advance(20_000);
    const other = await mux.data.videoViews.list(query);
    const end = await second.getNextPage();
    expect([one, second, end].flatMap(ids)).toEqual(["apart 1", "apart 2", "apart 3", "apart 4"]);
    expect([other, await other.getNextPage()].flatMap(ids)).toEqual(["apart 0", "apart 1", "apart 2", "apart 3"]);
  });

  it("counts a page that nobody came to from the present beginning, and is empty behind the last", async () => {
    const { body } = await server.get(`${PATH}?filters[]=country:DE&limit=2&page=2&timeframe[]=12:hours`);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(["b"]);
    const past = await server.get(`${PATH}?filters[]=country:DE&limit=2&page=900&timeframe[]=12:hours`);
    expect([past.statusCode, past.body.data, past.body.total_row_count]).toEqual([200, [], 3]);
  });

  it.each([
    ["error_id=some", /error_id.*any/],
    ["error_id=-1", /error_id/],
    ["error_id=4294967296", /error_id/],
    ["error_id=", /error_id/],
    ["viewer_id=", /viewer_id/],
    ["order_direction=up", /order_direction/],
    ["page=0", /page/],
    ["limit=101", /limit/],
    ["cursor=x", /cursor/],
    ["filters[]=colour:red", /there is no dimension colour/],
    ["metric_filters[]=views>1", /views cannot select views/],
    ["timeframe[]=soon", /timeframe\[\]/],
    ["open=yes", /open/],
    ["open=true&viewer_id=ada", /open/],
    ["open=true&filters[]=custom_1:a", /custom_1/],
  ])("%s is 400", async (query, message) => {
    const { statusCode, body } = await server.get(`${PATH}?${query}`);
    expect([statusCode, body.error.messages.join()]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe("clients of all versions", () => {
  it("walk the list to its end, read a view, and list errors", async () => {
    const views = [1, 2, 3].map((at) =>
      ended(`client ${at}`, 40 + at, { region: "clients", errorTypeId: 40, errorCode: "9" }),
    );
    await server.store(...views);
    const options = { ...server.token, baseURL: server.origin };
    const [v14, v12, v9] = [new Mux14(options), new Mux12(options), new Mux9(options)];
    const query = { filters: ["region:clients"], limit: 2, error_id: 40 };
    const walks: AsyncIterable<{ id: string; total_row_count: number }>[] = [
      mux.data.videoViews.list(query),
      v14.data.videoViews.list(query),
      v12.data.videoViews.list(query),
      v9.data.videoViews.list(query),
    ];
    for (const each of walks) {
      const rows: [string, number][] = [];
      for await (const { id, total_row_count } of each) rows.push([id, total_row_count]);
      expect(rows).toEqual(views.map(({ viewId }) => [viewId, 3]));
    }
    const id = "client 1";
    const read = [v14.data.videoViews.retrieve(id), v12.data.videoViews.retrieve(id), v9.data.videoViews.retrieve(id)];
    for (const { data } of await Promise.all(read))
      expect([data.view_id, data.error_type_id, data.player_error_code]).toEqual([id, 40, "9"]);
    const of = { filters: ["region:clients"] };
    const errors: { data: { id: number; code: number | null; count: number }[] }[] = await Promise.all([
      v14.data.errors.list(of),
      v12.data.errors.list(of),
      v9.data.errors.list(of),
    ]);
    for (const { data } of errors) expect(data.map(({ id, code, count }) => [id, code, count])).toEqual([[40, 9, 3]]);
  });
});

/** Field → type as the SDK declares them. */
function fieldsOfTheSdk(): Map<string, string> {
  const url = new URL("../../../node_modules/@mux/mux-node/resources/data/video-views.d.ts", import.meta.url);
  const text = readFileSync(url, "utf8");
  const data = text.slice(text.indexOf("interface Data {"), text.indexOf("namespace Data {"));
  return new Map([...data.matchAll(/^\s+(\w+)\??: ([^;]+);/gm)].map(([, name = "", type = ""]) => [name, type]));
}

const SDK_TYPES: Record<string, string> = {
  ...{ text: "string", "text?": "string | null", number: "number", "number?": "number | null", time: "string" },
  ...{ flag: "boolean", "flag?": "boolean | null", "decimal?": "string | null", list: "Array<string>" },
};

describe("a view", () => {
  it("has all fields of the SDK, of its types", async () => {
    const declared = fieldsOfTheSdk();
    expect(declared.size).toBe(194);
    declared.delete("events");
    const nullable = (name: string, kind: string) =>
      declared.get(name) === `${SDK_TYPES[kind]} | null` ? declared.get(name) : SDK_TYPES[kind];
    expect(new Map(VIEW_FIELDS.map(({ name, kind }) => [name, nullable(name, kind)]))).toEqual(declared);
    await server.store(ended("whole", 5, { country: "DE", cdnTrace: ["x"] }), ended("bare", 5, {}));
    for (const id of ["whole", "bare"]) {
      const { data } = await mux.data.videoViews.retrieve(id);
      for (const [name, type] of declared) {
        const value = data[name as keyof typeof data];
        const told = Array.isArray(value) ? "Array<string>" : value === null ? "null" : typeof value;
        expect([name, type.split(" | ").includes(told)]).toEqual([name, true]);
      }
    }
  });

  it("says what its record does, in the API's units", async () => {
    await server.store(
      ended("units", 5, {
        ...{ country: "DE", asn: 64_496, latitude: 52.5, longitude: -0.1, browser: "Chrome", browserVersion: "120" },
        ...{
          operatingSystem: "Windows",
          watchMs: 60_000,
          rebufferCount: 2,
          rebufferMs: 3_000,
          longestRebufferMs: 2_000,
        },
        ...{ viewerExperienceScore: 0.8125, startupMs: 1_500, maxUpscaleRatio: 0.0000001, maxPlayheadMs: 59_000 },
        ...{
          playbackFailure: true,
          errorTypeId: 9,
          errorCode: "2",
          totalUpscaling: 12.5,
          adErrorCount: 1,
          adAttemptCount: 4,
        },
        ...{
          streamType: "live",
          sourceHostname: "cdn.example.com",
          custom7: "seven",
          playerStartupMs: 70,
          playerPreload: true,
        },
      }),
    );
    const { data } = await mux.data.videoViews.retrieve("units");
    expect(data).toMatchObject({
      ...{ id: "units", view_id: "units", environment_id: server.environmentId, property_id: 1 },
      ...{ country_code: "DE", country_name: "Germany", asn: 64_496, latitude: "52.5", longitude: "-0.1" },
      ...{
        viewer_application_name: "Chrome",
        viewer_os_family: "Windows",
        platform_description: "Chrome 120 on Windows",
      },
      ...{ watch_time: 60_000, buffering_count: 2, buffering_duration: 3_000, rebuffer_percentage: "0.05" },
      ...{ viewer_experience_score: "0.8125", time_to_first_frame: 1_500, view_max_upscale_percentage: "0.0000001" },
      ...{ view_max_playhead_position: "59000", view_total_upscaling: "12.5", ad_error_percentage: "0.25" },
      ...{ playback_failure_error_type_id: 9, ad_playback_failure_error_type_id: null, view_error_id: 9 },
      ...{ video_stream_type: "live", player_source_host_name: "cdn.example.com", custom_7: "seven", custom_8: null },
      ...{ player_load_time: 70, player_preload: true, long_rebuffering: false, open: false, events: [] },
      view_end: new Date(NOW_MS - 5 * MINUTE_MS).toISOString(),
    });
    expect(Number(data.buffering_rate)).toBeCloseTo(2 / 60_000, 12);
  });

  it.each(["theirs", "nobody", "a".repeat(255), "%27%3B%20DROP", `${"é".repeat(200)}`])(
    "of another environment, or that is none, is 404: %s",
    async (id) => {
      const { statusCode, body } = await server.get(`${PATH}/${encodeURIComponent(id)}`);
      expect([statusCode, body.error.type]).toEqual([404, "not_found"]);
    },
  );
});
