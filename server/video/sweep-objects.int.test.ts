import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fetchDraftId, segmentKey, sourceKey } from "../../domain/media/object-keys.ts";
import { listJobs } from "../../platform/jobs/testing.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../testing/tenant.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { caller } from "../testing/video.ts";
import { SWEEP_TASK, sweepObjectsTask } from "./sweep-objects.ts";

let postgres: TestPostgres;
let server: TestServer;
let tenant: Awaited<ReturnType<typeof createFirstTenant>>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  tenant = await createFirstTenant(server.db);
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

async function keys(): Promise<string[]> {
  const all: string[] = [];
  for await (const { key } of server.services.objects.list("")) all.push(key);
  return all;
}

it("removes what is stored for assets that are deleted or never came to be, and nothing else", async () => {
  const { objects, db, now } = server.services;
  const ask = caller(server, basic(tenant.tokenId, tenant.tokenSecret));
  const created = async () => (await ask("POST", "/video/v1/assets", { input: "https://x.y/a" })).json().data.id;
  const upload = (await ask("POST", "/video/v1/uploads", { cors_origin: "*" })).json().data.id;
  const { asset_id: waiting } = await db
    .selectFrom("uploads")
    .select("asset_id")
    .where("id", "=", upload)
    .executeTakeFirstOrThrow();
  const environment = tenant.environmentId;
  const [living, deleted, deletedNow] = [await created(), await created(), await created()];
  for (const [id, ageMs] of [
    [deleted, 2 * 3_600_000],
    [deletedNow, 0],
  ] as const) {
    await db
      .updateTable("assets")
      .set({ deleted_at: new Date(now() - ageMs) })
      .where("id", "=", id)
      .execute();
  }
  const never = "N".repeat(44);
  const ref = (assetId: string) => ({ environment, assetId });
  for (const id of [living, deleted, deletedNow, waiting, never]) {
    await objects.put(sourceKey(ref(id), 1), Buffer.from("film"));
    await objects.put(segmentKey({ ...ref(id), planId: "p" }, "720p", 0), Buffer.from("segment"));
  }
  await objects.put("exports/2026-11-26", Buffer.from("rows"));
  const draft = () => objects.openDraft(sourceKey(ref(never), 1), fetchDraftId(never));
  await draft().write(0, Readable.from([Buffer.from("half")]));

  const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
  await sweepObjectsTask(server.services)({}, context);

  const left = await keys();
  for (const id of [living, deletedNow, waiting]) expect(left.filter((key) => key.includes(id))).toHaveLength(2);
  for (const id of [deleted, never]) expect(left.filter((key) => key.includes(id))).toEqual([]);
  expect(left).toContain("exports/2026-11-26");
  expect((await draft().received()).contiguousBytes).toBe(0);
  const waitingJobs = (await listJobs(db)).filter(({ task }) => task === SWEEP_TASK);
  expect(waitingJobs).toHaveLength(1); // the next one
});
