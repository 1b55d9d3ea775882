import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { applyOutcomeNow, caller, eventsOf, result } from "../../testing/video.ts";

const URL = "https://example.com/film.mp4";
const PATH = "/video/v1/assets/batch";

let postgres: TestPostgres;
let server: TestServer;
let environment: string;
let authorization: string;
let ask: ReturnType<typeof caller>;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
beforeEach(async () => {
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  const { tokenId, tokenSecret, environmentId } = await createFirstTenant(server.db);
  environment = environmentId;
  authorization = basic(tokenId, tokenSecret);
  ask = caller(server, authorization);
});
afterEach(() => server.stop());
afterAll(() => postgres.stop());

async function create(assets: unknown[], key?: string) {
  const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
  return caller(server, authorization, headers)("POST", PATH, { assets });
}

const countAssets = async () => (await ask("GET", "/video/v1/assets?limit=100")).json().data.length;

it("makes each as if it were created alone, with its events and job, in order", async () => {
  const answer = await create([
    { input: URL, passthrough: "one", playback_policy: "public" },
    { inputs: [{ url: URL }], passthrough: "two", meta: null },
  ]);
  expect(answer.statusCode, answer.body).toBe(200);
  const [one, two] = answer.json().data;
  expect(one.asset).toMatchObject({ passthrough: "one", status: "preparing", playback_ids: [{ policy: "public" }] });
  for (const { asset } of [one, two])
    expect((await ask("GET", `/video/v1/assets/${asset.id}`)).json().data).toEqual(asset);
  expect((await eventsOf(server)).map(({ object_id }) => object_id)).toEqual([one.asset.id, two.asset.id]);
  const keys = (await listJobs(server.db)).map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining([`ingest:${one.asset.id}`, `ingest:${two.asset.id}`]));
});

it("refuses each by itself, as creating it alone does, and leaves nothing of those", async () => {
  const wrong = [
    {},
    { input: 7 },
    { passthrough: ["x"], test: 1 },
    { input: URL, playback_policy: "drm" },
    { input: "mux://assets/x" },
  ];
  const answer = await create([...wrong, { input: URL }]);
  const { data } = answer.json();
  expect([answer.statusCode, data.length]).toEqual([200, 6]);
  for (const [at, body] of wrong.entries()) {
    const alone = await ask("POST", "/video/v1/assets", body);
    expect([alone.statusCode, data[at]]).toEqual([400, alone.json()]);
  }
  expect(data[5].asset.status).toBe("preparing");
  expect([await countAssets(), (await eventsOf(server)).length]).toEqual([1, 1]);
  expect((await create(["film.mp4"])).json().data[0].error.messages[0]).toContain("expected object");
});

it("makes all of two that come at once, whatever they wait for of each other", async () => {
  const made = await Promise.all([1, 2, 3].map(() => create(Array.from({ length: 40 }, () => ({ input: URL })))));
  expect(made.map(({ statusCode, body }) => [statusCode, statusCode === 200 ? "" : body])).toEqual(
    Array(3).fill([200, ""]),
  );
  const sources = await Promise.all([1, 2].map(async () => (await create([{ input: URL }])).json().data[0].asset.id));
  for (const id of sources) await applyOutcomeNow(server, result(environment, id));
  const clips = (ids: readonly string[]) =>
    create(
      [0, 1, 2, 3, 4, 5].map((n) => ({ input: [{ url: `mux://assets/${ids[n % 2]}`, start_time: 0, end_time: 1 }] })),
    );
  const both = await Promise.all([sources, sources.toReversed(), sources, sources.toReversed()].map(clips));
  expect(both.map(({ statusCode }) => statusCode)).toEqual(Array(4).fill(200));
});

it("makes a clip of what is ready beside one of what is not there, whose tracks are gone too", async () => {
  const source = (await ask("POST", "/video/v1/assets", { input: URL })).json().data.id;
  await applyOutcomeNow(server, result(environment, source));
  const clip = (id: string) => ({ input: [{ url: `mux://assets/${id}`, start_time: 1, end_time: 2 }] });
  const { data } = (await create([clip(source), clip("N".repeat(44)), clip(source)])).json();
  expect(data.map((one: object) => Object.keys(one).join())).toEqual(["asset", "error", "asset"]);
  expect(data[1].error.messages[0]).toContain("does not exist");
  expect(await countAssets()).toBe(3);
});

it("takes one Idempotency-Key for the whole", async () => {
  const assets = [{ input: URL }, {}];
  const [first, again] = [await create(assets, "a"), await create(assets, "a")];
  expect([again.body, again.headers["idempotent-replayed"]]).toEqual([first.body, "true"]);
  expect((await create([{ input: URL }], "a")).statusCode).toBe(422);
  expect(await countAssets()).toBe(1);
});

it("makes nothing at all where the database fails in between", async () => {
  await server.db.schema.alterTable("playback_ids").renameTo("playback_ids_away").execute();
  expect((await create([{ input: URL }, { input: URL, playback_policy: "public" }], "a")).statusCode).toBe(500);
  await server.db.schema.alterTable("playback_ids_away").renameTo("playback_ids").execute();
  expect(await countAssets()).toBe(0);
  expect((await create([{ input: URL }, { input: URL, playback_policy: "public" }], "a")).statusCode).toBe(200);
  expect(await countAssets()).toBe(2);
});

it("takes 1 to 100", async () => {
  for (const assets of [[], Array(101).fill({ input: URL })]) expect((await create(assets)).statusCode).toBe(400);
  expect((await ask("POST", PATH, {})).statusCode).toBe(400);
  const { data } = (await create(Array(100).fill({ input: URL, playback_policy: "public" }))).json();
  expect(new Set(data.map(({ asset }: { asset: { id: string } }) => asset.id)).size).toBe(100);
});
