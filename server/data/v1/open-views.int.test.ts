import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { viewToWire } from "../../../domain/data-api/view-fields.ts";
import { foldEvent } from "../../../domain/view/fold.ts";
import { recordOf } from "../../../domain/view/record/record-of.ts";
import { NO_DEVICE } from "../../../domain/view/testing/no-device.ts";
import { traceView } from "../../../domain/view/timeline.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import { createView } from "../../../domain/view/view-state.ts";
import { viewerDevice } from "../../../domain/view/viewer-facts.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";
import { insertEvents, type RecordedEvent, recordedEvents } from "../testing/recorded-events.ts";

const NOW_MS = Math.floor(Date.now() / 1_000) * 1_000;
const PATH = "/data/v1/video-views";

let server: DataServer;
let mux: Mux;

beforeAll(async () => {
  server = await startDataServer({ startMs: NOW_MS });
  mux = new Mux({ ...server.token, baseURL: server.origin });
});
afterAll(() => server.stop());

/** A recording whose last event came so many seconds ago, without its end. */
function playing(name: string, secondsAgo: number): RecordedEvent[] {
  const whole = recordedEvents(name, 0).filter(({ event }) => event.name !== "viewend");
  const lasted = Math.max(...whole.map(({ arrivedAtMs }) => arrivedAtMs));
  return recordedEvents(name, NOW_MS - secondsAgo * 1_000 - lasted).filter(({ event }) => event.name !== "viewend");
}

const firstSeen = (events: readonly RecordedEvent[]) => Math.min(...events.map(({ arrivedAtMs }) => arrivedAtMs));

async function store(viewId: string, events: readonly RecordedEvent[], environmentId = 1): Promise<void> {
  await insertEvents(server.clickhouse, { environmentId, viewId, firstSeenMs: firstSeen(events) }, events);
}

const LIVE = ["environment_id", "bucket", "view_id", "version", "country", "region", "asn", "browser", "concurrent"];

async function beat(viewId: string, secondsAgo: number, concurrent = 1, environmentId = 1): Promise<void> {
  const bucket = Math.floor((NOW_MS / 1_000 - secondsAgo) / 5) * 5;
  const row = [environmentId, bucket, viewId, 1, "DE", "BE", 64_496, "Chrome", concurrent];
  await server.clickhouse.client.insert("monitoring", LIVE, [row]);
}

/** What folding in the order of arrival makes of the events. */
function folded(events: readonly RecordedEvent[]): ViewRecord {
  const view = createView("v", firstSeen(events));
  const place = { continent: "", region: "BE", city: "", latitude: null, longitude: null, asn: 64_496, asnName: "" };
  const context = { address: "", country: "DE", place, userAgent: "", referrer: "", retentionDays: 90 };
  for (const { event, arrivedAtMs: atMs, sentAtMs: transmittedAtMs } of events)
    foldEvent(view, event, { atMs, transmittedAtMs, context });
  const device = viewerDevice(view, { ...NO_DEVICE, browser: "Chrome" });
  return recordOf({ view, timeline: traceView(view), device, dropped: false });
}

describe("a view that plays now", () => {
  it.each(["html5-stall", "hlsjs-rendition-change", "muxplayer-normal", "videojs-normal"])(
    "is all that its events say, and marked: %s",
    async (name) => {
      const events = playing(name, 20);
      const viewId = `open ${name}`;
      await store(viewId, events);
      await beat(viewId, 10);
      const { data } = (await mux.data.videoViews.retrieve(viewId)) as unknown as { data: Record<string, unknown> };
      const { events: timeline, events_left_out, open, ...told } = data;
      const environment = { id: server.environmentId, number: 1 };
      expect(told).toEqual(viewToWire({ viewId, firstSeenMs: firstSeen(events), record: folded(events), environment }));
      expect([open, events_left_out]).toEqual([true, { events: 0, requests: 0, cut_details: 0 }]);
      const shown = events.filter(({ event }) => event.name !== "hb");
      expect((timeline as { name: string }[]).map((event) => event.name).toSorted()).toEqual(
        shown.map(({ event }) => event.name).toSorted(),
      );
      expect(told["watch_time"]).toBeGreaterThan(0);
    },
  );

  it("went on after its row was written: what is known of the viewer is the row's", async () => {
    const events = playing("html5-stall", 10);
    const half = events.slice(0, events.length / 2);
    const record = { ...folded(half), country: "FR", city: "Lyon", userAgent: "Agent", operatingSystem: "iOS" };
    await store("reopened", events);
    await server.store(server.view(record, { viewId: "reopened", firstSeenMs: firstSeen(events) }));
    const { body } = await server.get(`${PATH}/reopened`);
    expect(body.data).toMatchObject({
      ...{ country_code: "FR", city: "Lyon", viewer_user_agent: "Agent", viewer_os_family: "iOS", open: true },
      watch_time: folded(events).watchMs,
    });
    const silent = { viewId: "over", firstSeenMs: firstSeen(events) };
    await server.store(server.view({ ...folded(events), country: "FR" }, silent));
    await beat("reopened", 5);
    await beat("over", 20);
    const { body: list } = await server.get(`${PATH}?filters[]=country:FR`);
    const open = list.data.map((row: { id: string; open: boolean }) => [row.id, row.open]);
    expect(Object.fromEntries(open)).toEqual({ reopened: true, over: false });
  });

  it("was written anew after it went on: the row says all", async () => {
    const events = playing("html5-stall", 10);
    await store("written", events);
    const record = { ...folded(events), country: "FR" };
    await server.store(server.view(record, { viewId: "written", firstSeenMs: firstSeen(events) }));
    expect((await server.get(`${PATH}/written`)).body.data).toMatchObject({ country_code: "FR", open: false });
  });

  it("tells its errors, renditions and requests with their details, and what is left out of a long timeline", async () => {
    const events = playing("hlsjs-rendition-change", 20);
    await store("detailed", events);
    const { body } = await server.get(`${PATH}/detailed`);
    const named = (name: string) => body.data.events.filter((event: { name: string }) => event.name === name);
    expect(named("hb")).toEqual([]);
    expect(named("renditionchange")[0].details).toMatchObject({
      bitrate: expect.any(Number),
      width: expect.any(Number),
    });
    expect(named("requestcompleted")[0].details).toMatchObject({
      hostname: "localhost:8801",
      bytes: expect.any(Number),
    });
    const times = body.data.events.map((event: { viewer_time: number }) => event.viewer_time);
    expect(times).toEqual(times.toSorted((one: number, other: number) => one - other));

    const [first] = events as [RecordedEvent];
    const request = { ...first, event: { ...first.event, name: "requestcompleted", fields: { viewer_time: NOW_MS } } };
    const many = Array.from({ length: 20_010 }, (_, at) => ({
      ...request,
      event: { ...request.event, sequence: at + 1 },
    }));
    await store("long", many);
    const long = await server.get(`${PATH}/long`);
    expect(long.body.data.events).toHaveLength(20_000);
    expect(long.body.data.events_left_out).toEqual({ events: 10, requests: 10, cut_details: 0 });
  });

  it("has the title and id of the asset that it plays, where that is the environment's own", async () => {
    const playbackId = "p".repeat(44);
    const named = playing("muxplayer-playback-id", 10).map((each) => {
      // as it was recorded the id is shorter than ours are
      const fields = JSON.parse(JSON.stringify(each.event.fields).replaceAll("AbCdEfGh0123456789", playbackId));
      return { ...each, event: { ...each.event, fields } };
    });
    await store("unnamed", named);
    expect((await server.get(`${PATH}/unnamed`)).body.data).toMatchObject({ asset_id: null });
    const assetId = "a".repeat(44);
    const at = { created_at: new Date(NOW_MS), updated_at: new Date(NOW_MS) };
    const asset = { ingest_type: "on_demand_url", video_quality: "basic", max_resolution_tier: "1080p" } as const;
    const meta = JSON.stringify({ title: "Of the asset", external_id: "film-7" });
    const owner = { environment_id: server.environmentId };
    const row = { ...owner, ...at, ...asset, id: assetId, status: "preparing", settings: "{}", meta } as const;
    await server.db.insertInto("assets").values(row).execute();
    const played = {
      ...owner,
      id: playbackId,
      asset_id: assetId,
      policy: "public",
      created_at: at.created_at,
    } as const;
    await server.db.insertInto("playback_ids").values(played).execute();
    await store("named", named);
    const { body } = await server.get(`${PATH}/named`);
    expect(body.data).toMatchObject({ asset_id: assetId, playback_id: playbackId, video_title: "Of the asset" });
  });

  it("is not open any more when nothing came for a minute, or its end did", async () => {
    await store("silent", playing("html5-stall", 61));
    await store("ended", recordedEvents("html5-stall", NOW_MS - 40_000));
    for (const id of ["silent", "ended"]) {
      expect((await server.get(`${PATH}/${id}`)).body.data).toMatchObject({ open: false, view_dropped: false });
    }
  });

  it("is nobody else's", async () => {
    await store("foreign", playing("html5-stall", 5), 2);
    await beat("foreign", 5, 1, 2);
    expect((await server.get(`${PATH}/foreign`)).statusCode).toBe(404);
    const { body } = await server.get(`${PATH}?open=true`);
    expect(body.data.map(({ id }: { id: string }) => id)).not.toContain("foreign");
  });
});

describe("the list of views that play now", () => {
  it("has those that play, each once while others come, and ends", async () => {
    const ids = Array.from({ length: 30 }, (_, at) => `now ${String(at).padStart(2, "0")}`);
    for (const id of ids) {
      await store(id, playing("html5-normal", 10));
      await beat(id, 5);
    }
    await beat("now paused", 5, 0);
    await beat("now gone", 70);
    const seen: string[] = [];
    const query = { limit: 25, filters: ["country:DE", "!region:XX"] };
    const first = await mux.data.videoViews.list(query, { query: { ...query, open: true } as never });
    for await (const page of first.iterPages()) {
      seen.push(...page.data.map(({ id }) => id));
      expect(page.data.every((row) => (row as { open?: boolean }).open === true)).toBe(true);
      await store("a newcomer", playing("html5-normal", 10));
      await beat("a newcomer", 5);
    }
    expect(seen.filter((id) => id.startsWith("now"))).toEqual(ids);
    expect(new Set(seen).size).toBe(seen.length);
    const elsewhere = await server.get(`${PATH}?open=true&filters[]=country:US`);
    expect([elsewhere.body.data, elsewhere.body.total_row_count]).toEqual([[], 0]);
  });

  it("stands still with what is stored, and says since when; without any of today it is 503", async () => {
    const { body: now } = await server.get(`${PATH}?open=true`);
    expect(now).toMatchObject({ as_of: new Date(NOW_MS).toISOString(), delay_ms: 0 });
    server.advance(600_000);
    const { body: later } = await server.get(`${PATH}?open=true`);
    expect(later).toMatchObject({ as_of: new Date(NOW_MS).toISOString(), delay_ms: 600_000 });
    expect(later.data.map(({ id }: { id: string }) => id)).toEqual(now.data.map(({ id }: { id: string }) => id));
    expect(later.data[0].open).toBe(true);
    expect((await server.get(`${PATH}/${later.data[0].id}`)).body.data.open).toBe(true);
    server.advance(24 * 3_600_000);
    expect((await server.get(`${PATH}?open=true`)).statusCode).toBe(503);
  });
});
