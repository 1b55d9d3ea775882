import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DataServer, startDataServer } from "../data/testing/data-server.ts";
import { createReadyAsset, storeDelivered } from "../video/testing/delivered.ts";
import { type MuxCli, NO_MUX_CLI, openMuxCli } from "./mux-cli.ts";
import { basic } from "./tenant.ts";
import { TEST_START_MS } from "./test-server.ts";

const HOUR_MS = 3_600_000;
/** What is told of unless asked for another time, by delivery usage. */
const DELIVERED_MS = TEST_START_MS - 12.5 * HOUR_MS;
/** That of the views. */
const HOUR = "2026-11-23T09:00:00.000Z";

let server: DataServer;
let mux: MuxCli;
let viewId: string;
let assetId: string;

async function start(): Promise<void> {
  server = await startDataServer();
  const { tokenId, tokenSecret } = server.token;
  mux = await openMuxCli({ MUX_BASE_URL: server.origin, MUX_TOKEN_ID: tokenId, MUX_TOKEN_SECRET: tokenSecret });
  assetId = await createReadyAsset(server, basic(tokenId, tokenSecret));
  await storeDelivered(server, [{ assetId, atMs: DELIVERED_MS, lengthMs: 2_500 }]);
  const view = server.view({ country: "US", videoTitle: "One" });
  viewId = view.viewId;
  await server.store(view, server.view({ country: "DE", videoTitle: "Two" }));
}

async function stop(): Promise<void> {
  await mux?.close();
  await server.stop();
}

const rows = (...data: object[]) => ({ data: expect.arrayContaining(data.map((row) => expect.objectContaining(row))) });
const none = { data: [] };

/** A command, and what of its answer is looked at. */
const ANSWERS: readonly [command: string, answer: () => object][] = [
  ["delivery-usage list", () => rows({ asset_id: assetId, delivered_seconds: 2.5 })],
  ["video-views list --filters country:US", () => rows({ id: viewId, video_title: "One" })],
  ["video-views get VIEW", () => ({ data: { id: viewId, video_title: "One" } })],
  ["metrics overall views", () => ({ data: { value: 2, total_views: 2 } })],
  ["metrics breakdown views --group-by country", () => rows({ field: "US", views: 1 }, { field: "DE", views: 1 })],
  ["metrics timeseries views --timeframe 6:hours", () => ({ data: expect.arrayContaining([[HOUR, 2, 2]]) })],
  ["metrics list --filters country:US", () => rows({ name: "totals", view_count: 1 }, { name: "Overall Score" })],
  ["metrics insights video_startup_time", () => none],
  ["dimensions list", () => ({ data: { basic: expect.arrayContaining(["video_title"]) } })],
  ["dimensions values country", () => rows({ value: "US" }, { value: "DE" })],
  ["errors list", () => none],
  ["exports list", () => none],
  ["incidents list", () => none],
  ["monitoring dimensions", () => rows({ name: "country" })],
  ["monitoring metrics", () => rows({ name: "current-concurrent-viewers" })],
  ["monitoring breakdown current-concurrent-viewers --dimension country", () => none],
  ["monitoring timeseries current-concurrent-viewers", () => rows({ value: 0, concurrent_viewers: 0 })],
];

describe.skipIf(NO_MUX_CLI !== null)(NO_MUX_CLI ?? "@mux/cli", () => {
  beforeAll(start);
  afterAll(stop);

  it.each(ANSWERS)("is answered: mux %s", async (command, answer) => {
    const got = await mux.ask(...command.replace("VIEW", viewId).split(" "));
    expect(got).toMatchObject(answer());
  });

  it("creates, lists, changes and deletes annotations", async () => {
    const date = String(TEST_START_MS / 1_000 - 60);
    const { id } = await mux.ask("annotations", "create", "--date", date, "--note", "Released");
    await mux.ask("annotations", "update", id, "--date", date, "--note", "Changed");
    expect((await mux.ask("annotations", "list")).data).toMatchObject([{ id, note: "Changed" }]);
    await mux.ask("annotations", "delete", id, "--force");
    expect((await mux.ask("annotations", "list")).data).toEqual([]);
  });
});
