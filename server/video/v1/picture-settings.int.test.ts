import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FETCH_TASK, INGEST_TASK, queuedStep } from "../../../domain/asset/outcome.ts";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { applyOutcomeNow, caller, eventsOf, result } from "../../testing/video.ts";
import { DELETE_OBJECTS_TASK } from "../delete-asset.ts";
import { DELETE_TEST_TASK, deleteTestAssetTask } from "../delete-test-asset.ts";

const INPUT = "https://example.com/film.mp4";
const OVERLAY = { url: "https://example.com/logo.png", overlay_settings: { width: "10%", horizontal_align: "right" } };
const DAY_MS = 24 * 3_600_000;
const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };

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

const jobOf = async (key: string) => (await listJobs(server.db)).find((job) => job.key === key);

/** Sends a whole file to a new upload, and gives the asset that it becomes. */
async function uploadWith(settings: object, more: object = {}): Promise<string> {
  const body = { cors_origin: "*", new_asset_settings: settings, ...more };
  const made = await ask("POST", "/video/v1/uploads", body);
  expect(made.statusCode, made.body).toBe(201);
  const { id, url } = made.json().data;
  const { pathname } = new URL(url);
  const sent = await server.app.inject({ method: "PUT", url: pathname, payload: Buffer.alloc(1_000, 7) });
  expect(sent.statusCode).toBe(200);
  return (await ask("GET", `/video/v1/uploads/${id}`)).json().data.asset_id;
}

describe("overlay_settings", () => {
  it("are kept with the input as it was given", async () => {
    const { id } = await create({ inputs: [{ url: INPUT }, OVERLAY] });
    expect(await jobOf(`ingest:${id}`)).toMatchObject({ task: FETCH_TASK });
    const { data } = (await ask("GET", `/video/v1/assets/${id}/input-info`)).json();
    expect(data).toEqual([{ settings: { url: INPUT } }, { settings: OVERLAY }]);
    const known = await server.db
      .selectFrom("transcoder_picture_settings")
      .selectAll()
      .where("environment_id", "=", environment)
      .where("asset_id", "=", id)
      .executeTakeFirst();
    expect(known).toMatchObject({ inputs: [{ url: INPUT }, OVERLAY], is_test: false });
  });

  it("of an upload make a transcoder fetch the image first; without them it begins to look at once", async () => {
    const marked = await uploadWith({ inputs: [OVERLAY] });
    expect(await jobOf(`ingest:${marked}`)).toMatchObject({ task: FETCH_TASK });
    const plain = await uploadWith({});
    expect(await jobOf(`ingest:${plain}`)).toMatchObject(queuedStep(INGEST_TASK, { environment, assetId: plain }));
  });

  it.each([
    ["width", { width: "wide" }],
    ["opacity", { opacity: "110%" }],
    ["vertical_align", { vertical_align: "left" }],
  ])("are refused with the name of a wrong %s", async (field, overlay_settings) => {
    const inputs = [{ url: INPUT }, { ...OVERLAY, overlay_settings }];
    const asset = await ask("POST", "/video/v1/assets", { inputs });
    expect(asset.statusCode).toBe(400);
    expect(asset.json().error.messages).toEqual([
      expect.stringMatching(new RegExp(`^inputs\\[1\\]\\.overlay_settings\\.${field}: `)),
    ]);
    const upload = await ask("POST", "/video/v1/uploads", {
      ...{ cors_origin: "*", new_asset_settings: { inputs: [{}, { ...OVERLAY, overlay_settings }] } },
    });
    expect(upload.statusCode).toBe(400);
    expect(upload.json().error.messages[0]).toMatch(/^new_asset_settings\.inputs\[1\]\.overlay_settings\./);
  });
});

describe("generate_shots", () => {
  it("is given back, and shots are skipped when the asset is ready, told once", async () => {
    const asset = await create({ input: INPUT, generate_shots: true });
    expect(asset).toMatchObject({ generate_shots: true, shots: { status: "pending" } });
    await applyOutcomeNow(server, result(environment, asset.id));
    await applyOutcomeNow(server, result(environment, asset.id));
    const ready = (await ask("GET", `/video/v1/assets/${asset.id}`)).json().data;
    expect(ready).toMatchObject({ generate_shots: true, shots: { status: "skipped" } });
    const shots = ["video.asset.shots.created", "video.asset.shots.skipped"];
    expect(await typesOf(asset.id)).toEqual(["video.asset.created", shots[0], "video.asset.ready", shots[1]]);
    const told = (await eventsOf(server)).findLast(({ object_id }) => object_id === asset.id);
    expect(told?.data).toEqual({ ...ready.shots, asset_id: asset.id });
  });

  it("is not there unless it is asked for", async () => {
    const { id } = await create({ input: INPUT, generate_shots: false });
    await applyOutcomeNow(server, result(environment, id));
    const asset = (await ask("GET", `/video/v1/assets/${id}`)).json().data;
    expect([asset.generate_shots, asset.shots]).toEqual([undefined, undefined]);
    expect(await typesOf(id)).toEqual(["video.asset.created", "video.asset.ready"]);
  });
});

describe("a test asset", () => {
  it("is deleted a day later with its event, once, and its bytes after it", async () => {
    const { id } = await create({ input: INPUT, test: true });
    const job = await jobOf(`${DELETE_TEST_TASK}:${id}`);
    expect(job?.task).toBe(DELETE_TEST_TASK);
    expect(Math.abs((job?.runAt.getTime() ?? 0) - Date.now() - DAY_MS)).toBeLessThan(60_000);
    for (let attempt = 1; attempt <= 2; attempt += 1)
      await deleteTestAssetTask(server.services)({ environment, assetId: id }, context);
    expect((await ask("GET", `/video/v1/assets/${id}`)).statusCode).toBe(404);
    expect(await typesOf(id)).toEqual(["video.asset.created", "video.asset.deleted"]);
    expect((await listJobs(server.db)).filter(({ task }) => task === DELETE_OBJECTS_TASK)).toHaveLength(2);
  });

  it("may come from an upload that is one, and no other asset is deleted", async () => {
    const test = await uploadWith({}, { test: true });
    expect((await ask("GET", `/video/v1/assets/${test}`)).json().data.test).toBe(true);
    expect(await jobOf(`${DELETE_TEST_TASK}:${test}`)).toBeDefined();
    const master = { new_asset_settings: { test: true, master_access: "temporary" } };
    const whole = await uploadWith(master.new_asset_settings, { test: false }); // what is said of the upload itself holds
    for (const id of [whole, (await create({ input: INPUT })).id])
      expect(await jobOf(`${DELETE_TEST_TASK}:${id}`)).toBeUndefined();
  });
});
