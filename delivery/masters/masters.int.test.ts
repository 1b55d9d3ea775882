import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { masterKey } from "../../domain/media/object-keys.ts";
import { postgresTime } from "../../platform/postgres/clock.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { ENVIRONMENT, longId, publish } from "../testing/publish.ts";
import { openWorld, type World } from "../testing/world.ts";

/** More than any buffer on the way. */
const FILM = randomBytes(3_000_000);
const TOKEN = randomBytes(32).toString("base64url");
const AN_HOUR_MS = 3_600_000;
/** Longer than any answer of Postgres is remembered. */
const LATER_MS = 10_000;

let engine: TestPostgres;
let world: World;
let made = 0;

beforeAll(async () => {
  engine = await startTestPostgres();
  world = await openWorld(await engine.createTestDatabase());
  await world.start();
});
afterAll(async () => {
  await world.close();
  await engine.stop();
});

/** A master as server and transcoder leave it. */
async function publishMaster(lifeMs = AN_HOUR_MS) {
  made += 1;
  const { assetId } = await publish(world);
  const masterId = longId(`master${made}x`);
  const key = masterKey({ environment: ENVIRONMENT, assetId, masterId });
  await world.objects.put(key, Readable.from([FILM]));
  const path = `/${masterId}/mezzanine.mp4`;
  await world.postgres
    .insertInto("masters")
    .values({
      ...{ environment_id: ENVIRONMENT, asset_id: assetId, id: masterId, status: "ready", name: "mezzanine.mp4" },
      ...{ object_key: key, url_token: TOKEN, url: `https://stream.example.com${path}?token=${TOKEN}` },
      ...{ expires_at: postgresTime(lifeMs), created_at: new Date() },
    })
    .execute();
  return { assetId, masterId, path, url: `${path}?token=${TOKEN}` };
}

const statusOf = async (path: string) => (await world.get(path, { method: "HEAD" })).status;

describe("a master", () => {
  it("is sent whole, by ranges, and under the name that is asked for", async () => {
    const { url } = await publishMaster();
    const whole = await world.get(url);
    expect([whole.status, whole.headers["content-type"]]).toEqual([200, "video/mp4"]);
    expect(whole.headers["cache-control"]).toMatch(/^private, max-age=3[56]\d\d$/);
    expect(whole.headers["content-disposition"]).toBeUndefined();
    expect(whole.body.equals(FILM)).toBe(true);

    const part = await world.get(url, { headers: { range: "bytes=1000000-1999999" } });
    expect([part.status, part.headers["content-range"]]).toEqual([206, "bytes 1000000-1999999/3000000"]);
    expect(part.body.equals(FILM.subarray(1_000_000, 2_000_000))).toBe(true);

    const head = await world.get(`${url}&download=My%20film.mp4`, { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, "3000000", 0]);
    expect(head.headers["content-disposition"]).toBe("attachment; filename*=UTF-8''My%20film.mp4");
  });

  it("is 403 under any other URL than its own", async () => {
    const { path, masterId } = await publishMaster();
    const others = [path, `${path}?token=`, `${path}?token=${TOKEN}x`, `${path}?token=${TOKEN.slice(1)}`];
    const named = [`/${masterId}/mezzanine.m4a?token=${TOKEN}`, `/${longId("nobody")}/mezzanine.mp4?token=${TOKEN}`];
    for (const url of [...others, ...named]) expect(await statusOf(url), url).toBe(403);
    expect(await statusOf(`/${masterId}/highest.mp4?token=${TOKEN}`)).toBe(404);
    const refused = await world.get(path);
    expect(JSON.parse(refused.body.toString()).error.type).toBe("forbidden");
    expect(refused.headers["cache-control"]).toBe("no-store");
  });

  it("is 403 when its time is over by the clock of Postgres, within seconds also for who had it before", async () => {
    expect(await statusOf((await publishMaster(-1)).url)).toBe(403);
    const { url, masterId } = await publishMaster();
    expect(await statusOf(url)).toBe(200);
    await world.postgres
      .updateTable("masters")
      .set({ expires_at: postgresTime(-1) })
      .where("id", "=", masterId)
      .execute();
    world.advance(LATER_MS);
    expect(await statusOf(url)).toBe(403);
  });

  it("ends with its asset", async () => {
    const { url, assetId } = await publishMaster();
    await world.postgres.updateTable("assets").set({ deleted_at: new Date() }).where("id", "=", assetId).execute();
    expect(await statusOf(url)).toBe(403);
  });

  it("is 503 while the store lacks it", async () => {
    const { url, assetId, masterId } = await publishMaster();
    await world.objects.delete(masterKey({ environment: ENVIRONMENT, assetId, masterId }));
    expect(await statusOf(url)).toBe(503);
  });
});
