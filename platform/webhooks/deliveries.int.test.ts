import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLogger } from "../observability/logger.ts";
import { postgresTime } from "../postgres/clock.ts";
import { createPool, createPostgres, type Postgres } from "../postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../postgres/testing.ts";
import { type ClaimedDelivery, claimDeliveries } from "./claim-deliveries.ts";
import { type Settlement, settleDeliveries } from "./settle-deliveries.ts";

const WEBHOOK = "w".repeat(44);
const OFFER = { rooms: new Map<string, number>(), ofOthers: 10, inAll: 10 };

let postgres: TestPostgres;
let pool: ReturnType<typeof createPool>;
let db: Postgres;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log: createLogger("test", "silent") });
  db = createPostgres(pool);
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: "abc123", organization_id: id, name: "Production", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
  await db
    .insertInto("webhooks")
    .values({
      ...{ environment_id: "abc123", id: WEBHOOK, address: "https://example.com/", signing_secret: "x" },
      created_at: new Date(),
    })
    .execute();
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

let delivery: ClaimedDelivery;
beforeEach(async () => {
  await db.deleteFrom("webhook_events").execute();
  await db
    .insertInto("webhook_events")
    .values({
      ...{ environment_id: "abc123", type: "video.asset.ready", object_type: "asset", object_id: "asset1" },
      ...{ data: '{"a":1}', created_at: new Date() },
    })
    .execute();
  [delivery] = (await claimDeliveries(db, OFFER)) as [ClaimedDelivery];
});

function settlement(status: Settlement["status"], statusCode: number | null, delayMs = 0): Settlement {
  const answer = { statusCode, headers: {}, body: null, error: null };
  return { delivery, status, delayMs, attempt: { startedAtMs: Date.now(), tookMs: 5, ...answer } };
}

const stored = () =>
  db.selectFrom("webhook_deliveries").select(["status", "run", "attempts"]).executeTakeFirstOrThrow();

describe("deliveries", () => {
  it("come back when their time has come, with what was tried", async () => {
    await settleDeliveries(db, [settlement("waiting", 503, 60_000)]);
    expect(await claimDeliveries(db, OFFER)).toEqual([]);
    await db
      .updateTable("webhook_deliveries")
      .set({ next_attempt_at: postgresTime(-1) })
      .execute();
    const [again] = await claimDeliveries(db, OFFER);
    expect(again).toMatchObject({ attempts: 1, run: 1, past: [{ statusCode: 503, address: "https://example.com/" }] });
  });

  it("that were taken stay so, whatever a second sender found", async () => {
    await settleDeliveries(db, [settlement("delivered", 200)]);
    await settleDeliveries(db, [settlement("waiting", null, 1_000)]);
    expect(await stored()).toEqual({ status: "delivered", run: 1, attempts: 1 });
    const attempts = await db.selectFrom("webhook_attempts").select("response_status_code").execute();
    expect(attempts.map((attempt) => attempt.response_status_code).sort()).toEqual([200, null]);
  });

  it("that were asked for again are not ended by an attempt from before", async () => {
    await db.updateTable("webhook_deliveries").set({ run: 2, attempts: 0, next_attempt_at: postgresTime() }).execute();
    await settleDeliveries(db, [settlement("delivered", 200)]);
    expect(await stored()).toEqual({ status: "waiting", run: 2, attempts: 0 });
    expect(await claimDeliveries(db, OFFER)).toMatchObject([{ run: 2, past: [{ statusCode: 200 }] }]);
  });

  it("that were cancelled meanwhile stay cancelled", async () => {
    await db.updateTable("webhook_deliveries").set({ status: "cancelled" }).execute();
    await settleDeliveries(db, [settlement("waiting", 500, 1_000)]);
    expect(await stored()).toMatchObject({ status: "cancelled" });
  });

  it("whose event is gone are noted nowhere", async () => {
    await db.deleteFrom("webhook_events").execute();
    await settleDeliveries(db, [settlement("delivered", 200)]);
    expect(await db.selectFrom("webhook_attempts").selectAll().execute()).toEqual([]);
  });

  it("of a deleted environment are not sent", async () => {
    await db
      .updateTable("webhook_deliveries")
      .set({ next_attempt_at: postgresTime(-1) })
      .execute();
    await db.updateTable("environments").set({ deleted_at: new Date() }).execute();
    expect(await claimDeliveries(db, OFFER)).toEqual([]);
    await db.updateTable("environments").set({ deleted_at: null }).execute();
    expect(await claimDeliveries(db, OFFER)).toHaveLength(1);
  });
});
