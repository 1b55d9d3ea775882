import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DataServer, startDataServer } from "../../data/testing/data-server.ts";
import { basic, createOtherTenant } from "../../testing/tenant.ts";
import { TEST_START_MS } from "../../testing/test-server.ts";
import { caller } from "../../testing/video.ts";
import { createReadyAsset, storeDelivered } from "../testing/delivered.ts";

const HOUR_MS = 3_600_000;
/** An hour of the day before. */
const THEN_MS = TEST_START_MS - 30 * HOUR_MS;
const WINDOW = [String(THEN_MS / 1_000), String((THEN_MS + 2 * HOUR_MS) / 1_000)];
const QUERY = WINDOW.map((time) => `timeframe[]=${time}`).join("&");

/** As each client is promised it. */
type Report = Mux.Video.DeliveryReport &
  Mux14.Video.DeliveryReport &
  Mux12.Video.DeliveryReport &
  Mux9.Video.DeliveryReport;

let server: DataServer;
let film: string;
let talk: string;
let gone: string;

beforeAll(async () => {
  server = await startDataServer({ rate: { perSecond: 10_000, burst: 10_000 } });
  const authorization = basic(server.token.tokenId, server.token.tokenSecret);
  film = await createReadyAsset(server, authorization, { passthrough: "film-42", video_quality: "plus" });
  talk = await createReadyAsset(server, authorization);
  gone = await createReadyAsset(server, authorization);
  await caller(server, authorization)("DELETE", `/video/v1/assets/${gone}`);
  const row = { assetId: film, atMs: THEN_MS + 1_000 };
  await storeDelivered(server, [
    row,
    row, // sent again
    { ...row, segment: 1, lengthMs: 2_500 },
    { ...row, segment: 1, tier: "1080p", lengthMs: 2_500 },
    { ...row, atMs: THEN_MS + HOUR_MS },
    { ...row, atMs: THEN_MS + 2 * HOUR_MS }, // behind the window
    { ...row, atMs: THEN_MS - 1 }, // before it
    { assetId: talk, atMs: THEN_MS, tier: "audio-only", lengthMs: 8_000 },
    { assetId: gone, atMs: THEN_MS, lengthMs: 1_000 },
    { assetId: talk, atMs: TEST_START_MS - 12.5 * HOUR_MS, lengthMs: 500 },
    { ...row, environmentId: 2, lengthMs: 90_000 },
    { assetId: "X".repeat(44), atMs: THEN_MS, lengthMs: 500 }, // of an asset that a restore lost
  ]);
});
afterAll(() => server.stop());

it("tells seconds by asset and tier, most first, each segment once in a session and hour", async () => {
  const { statusCode, body } = await server.get(`/video/v1/delivery-usage?${QUERY}`);
  const [first, second, third] = body.data as Mux.Video.DeliveryReport[];
  expect([statusCode, body.data.length, body.page, body.limit, body.timeframe]).toEqual([
    ...[200, 3, 1, 100, WINDOW.map(Number)],
  ]);
  const created = String(TEST_START_MS / 1_000);
  expect(first).toEqual({
    ...{ asset_id: film, passthrough: "film-42", created_at: created, asset_state: "ready", asset_duration: 40.04 },
    ...{ asset_resolution_tier: "1080p", asset_video_quality: "plus", asset_encoding_tier: "smart" },
    ...{ delivered_seconds: 13, delivered_seconds_by_resolution: { tier_720p: 10.5, tier_1080p: 2.5 } },
  } satisfies Report);
  expect(second).toMatchObject({ asset_id: talk, delivered_seconds_by_resolution: { tier_audio_only: 8 } });
  expect(third).toMatchObject({ asset_id: gone, asset_state: "deleted", deleted_at: created, delivered_seconds: 1 });
});

it("is walked to its end by every SDK", async () => {
  const options = { ...server.token, baseURL: server.origin };
  for (const Client of [Mux, Mux14, Mux12, Mux9]) {
    const { deliveryUsage } = (new Client(options) as unknown as Mux).video; // what is called here is alike in all
    const seen: string[] = [];
    for await (const { asset_id } of deliveryUsage.list({ timeframe: WINDOW, limit: 2 })) seen.push(asset_id);
    expect(seen).toEqual([film, talk, gone]);
  }
});

it("tells of the hour that ended twelve hours ago unless asked for another", async () => {
  const { body } = await server.get("/video/v1/delivery-usage");
  const end = TEST_START_MS / 1_000 - 12 * 3_600;
  expect([body.timeframe, body.data.length]).toEqual([[end - 3_600, end], 1]);
  expect(body.data[0]).toMatchObject({ asset_id: talk, delivered_seconds: 0.5 });
});

it("is narrowed to an asset; live streams have nothing, and both together are refused", async () => {
  const only = async (more: string) => server.get(`/video/v1/delivery-usage?${QUERY}&${more}`);
  const ids = ({ body }: Awaited<ReturnType<typeof only>>) =>
    body.data.map((row: { asset_id: string }) => row.asset_id);
  expect(ids(await only(`asset_id=${talk}`))).toEqual([talk]);
  expect(ids(await only("asset_id=%00'--"))).toEqual([]);
  expect(ids(await only("live_stream_id=x"))).toEqual([]);
  const both = await only(`asset_id=${talk}&live_stream_id=x`);
  expect([both.statusCode, both.body.error.type]).toEqual([400, "invalid_parameters"]);
  expect((await server.get("/video/v1/delivery-usage?timeframe[]=x&timeframe[]=y")).statusCode).toBe(400);
});

it("shows another environment nothing, whatever it names", async () => {
  const other = await createOtherTenant(server.db);
  await server.db
    .updateTable("access_tokens")
    .set({ scopes: ["video:read"] })
    .where("id", "=", other.tokenId)
    .execute();
  const ask = caller(server, basic(other.tokenId, other.tokenSecret));
  for (const more of ["", `&asset_id=${film}`])
    expect((await ask("GET", `/video/v1/delivery-usage?${QUERY}${more}`)).json().data).toEqual([]);
});
