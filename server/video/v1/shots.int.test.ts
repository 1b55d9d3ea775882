import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { applyOutcomeNow, caller, eventsOf, result } from "../../testing/video.ts";

let postgres: TestPostgres;
let server: TestServer;
let environment: string;
let ask: ReturnType<typeof caller>;
let mux: Mux;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  const { tokenId, tokenSecret, environmentId } = await createFirstTenant(server.db);
  environment = environmentId;
  ask = caller(server, basic(tokenId, tokenSecret));
  mux = new Mux({ tokenId, tokenSecret, baseURL: await server.listen(), maxRetries: 0 });
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

async function create(body: object = {}): Promise<string> {
  const answer = await ask("POST", "/video/v1/assets", { input: "https://example.com/film.mp4", ...body });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().data.id;
}

const typesOf = async (assetId: string) =>
  (await eventsOf(server)).filter(({ object_id }) => object_id === assetId).map(({ type }) => type);

const SKIPPED: Mux.Video.AssetShots = {
  status: "skipped",
  errors: { type: "not_supported", messages: [expect.stringContaining("does not look for shots")] },
};

describe("shots of an asset that is ready", () => {
  it("are skipped at once with the reason, once however often they are asked for, and told", async () => {
    const id = await create();
    await applyOutcomeNow(server, result(environment, id));
    await expect(mux.video.assets.retrieveShots(id)).rejects.toMatchObject({ status: 404 });
    expect(await mux.video.assets.generateShots(id)).toEqual(SKIPPED);
    expect(await mux.video.assets.generateShots(id)).toEqual(SKIPPED);
    expect(await mux.video.assets.retrieveShots(id)).toEqual(SKIPPED);
    expect(await mux.video.assets.retrieve(id)).toMatchObject({ generate_shots: true, shots: SKIPPED });
    expect((await typesOf(id)).slice(2)).toEqual(["video.asset.shots.created", "video.asset.shots.skipped"]);
    const told = (await eventsOf(server)).at(-1)?.data;
    expect(told).toEqual({ ...SKIPPED, asset_id: id });
  });

  it("can be deleted, and asked for again", async () => {
    const id = await create({ generate_shots: true });
    await applyOutcomeNow(server, result(environment, id));
    await mux.video.assets.deleteShots(id);
    expect((await eventsOf(server)).at(-1)).toMatchObject({
      type: "video.asset.shots.deleted",
      data: { status: "deleted", asset_id: id },
    });
    expect(await mux.video.assets.retrieve(id)).not.toHaveProperty("shots");
    await expect(mux.video.assets.deleteShots(id)).rejects.toMatchObject({ status: 404 });
    await expect(mux.video.assets.retrieveShots(id)).rejects.toMatchObject({ status: 404 });
    expect(await mux.video.assets.generateShots(id)).toEqual(SKIPPED);
  });
});

it("shots of an asset that is still taken in are pending, and skipped when it is ready", async () => {
  const id = await create();
  expect(await mux.video.assets.generateShots(id)).toEqual({ status: "pending" });
  await applyOutcomeNow(server, result(environment, id));
  expect(await mux.video.assets.retrieveShots(id)).toEqual(SKIPPED);
  expect((await typesOf(id)).filter((type) => type.includes("shots"))).toEqual([
    "video.asset.shots.created",
    "video.asset.shots.skipped",
  ]);
});

it("a thumbnail time is taken back, also where there is none", async () => {
  const id = await create({ thumbnail_time: 3 });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await mux.video.assets.deleteThumbnailTime(id);
    expect(await mux.video.assets.retrieve(id)).not.toHaveProperty("thumbnail_time");
  }
  expect(await typesOf(id)).toContain("video.asset.updated");
});
