import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { applyOutcomeNow, caller, eventsOf, result } from "../../testing/video.ts";

const INPUT = "https://example.com/film.mp4";

let postgres: TestPostgres;
let server: TestServer;
let environment: string;
let ask: ReturnType<typeof caller>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase(), startMs: Date.now() });
  const tenant = await createFirstTenant(server.db);
  environment = tenant.environmentId;
  ask = caller(server, basic(tenant.tokenId, tenant.tokenSecret));
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

async function create(body: object) {
  const response = await ask("POST", "/video/v1/assets", { playback_policies: ["public"], ...body });
  expect(response.statusCode, response.body).toBe(201);
  return response.json().data;
}

async function typesOf(assetId: string): Promise<string[]> {
  return (await eventsOf(server)).filter(({ object_id }) => object_id === assetId).map(({ type }) => type);
}

describe("generate_shots", () => {
  it("is given back, and shots are skipped when the asset is ready, with one event", async () => {
    const asset = await create({ input: INPUT, generate_shots: true });
    expect(asset).toMatchObject({ generate_shots: true, shots: { status: "pending" } });
    await applyOutcomeNow(server, result(environment, asset.id));
    await applyOutcomeNow(server, result(environment, asset.id));
    const ready = (await ask("GET", `/video/v1/assets/${asset.id}`)).json().data;
    expect(ready).toMatchObject({ generate_shots: true, shots: { status: "skipped" } });
    expect(await typesOf(asset.id)).toEqual(["video.asset.created", "video.asset.ready", "video.asset.shots.skipped"]);
    const told = (await eventsOf(server)).findLast(({ object_id }) => object_id === asset.id);
    expect(told?.data).toEqual({ status: "skipped", asset_id: asset.id });
  });

  it("is not there unless it is asked for", async () => {
    const { id } = await create({ input: INPUT, generate_shots: false });
    await applyOutcomeNow(server, result(environment, id));
    const asset = (await ask("GET", `/video/v1/assets/${id}`)).json().data;
    expect([asset.generate_shots, asset.shots]).toEqual([undefined, undefined]);
    expect(await typesOf(id)).toEqual(["video.asset.created", "video.asset.ready"]);
  });
});
