import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { ErrorCategory } from "../../domain/view/error-category.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { listenForChanges } from "../../platform/postgres/listen.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { type ErrorCategoryDirectory, openErrorCategories } from "./error-categories.ts";
import { followPostgres } from "./follow-postgres.ts";

const log = createLogger("test", "silent");
const [OURS, OTHERS] = [1 as EnvironmentId, 2 as EnvironmentId];
const WARNING = { severity: "warning", type: "playback_failure" } as const;
const REFUSAL = { severity: "fatal", type: "business_exception" } as const;
const CHANNEL = "error_categories_changed";
const SOON = { timeout: 3_000, interval: 20 };

let engine: TestPostgres;
let postgres: Postgres;
let categories: ErrorCategoryDirectory;
let stop: () => Promise<void>;
let url: string;

beforeEach(async () => {
  engine = await startTestPostgres(); // one each: it is stopped
  url = await engine.createTestDatabase();
  const pool = createPool({ url, applicationName: "test", log, max: 2 });
  postgres = createPostgres(pool);
  const organization = await postgres.insertInto("organizations").values({ name: "Acme" }).returning("id").execute();
  for (const id of ["abc123", "def456"]) {
    const owner = { organization_id: organization[0]?.id ?? "", name: id, type: "production" as const };
    await postgres
      .insertInto("environments")
      .values({ id, ...owner })
      .execute();
  }
  await put("abc123", "4", WARNING);
  categories = openErrorCategories(postgres, url, log);
  stop = async () => {
    await categories.close();
    await pool.end();
  };
  await expect.poll(() => categories.ready(), SOON).toBe(true);
});
afterEach(async () => {
  await stop();
  await engine.stop();
});

function put(environmentId: string, code: string, category: ErrorCategory) {
  const written = { ...category, updated_at: new Date(1_795_500_000_000) };
  return postgres
    .insertInto("error_categories")
    .values({ environment_id: environmentId, code, ...written })
    .onConflict((conflict) => conflict.columns(["environment_id", "code"]).doUpdateSet(written))
    .execute();
}

const of = (environmentId: EnvironmentId) => Object.fromEntries(categories.of(environmentId) ?? []);

describe("what environments say of error codes", () => {
  it("is known from the start, each environment's own", () => {
    expect([of(OURS), categories.of(OTHERS)]).toEqual([{ 4: WARNING }, undefined]);
  });

  it("is in force at once when it is set, changed and taken back", async () => {
    await put("def456", "geo/block", REFUSAL);
    await expect.poll(() => of(OTHERS), SOON).toEqual({ "geo/block": REFUSAL });
    await put("abc123", "4", REFUSAL);
    await expect.poll(() => of(OURS), SOON).toEqual({ 4: REFUSAL });
    await postgres.deleteFrom("error_categories").where("environment_id", "=", "abc123").execute();
    await expect.poll(() => categories.of(OURS), SOON).toBe(undefined);
    expect(of(OTHERS)).toEqual({ "geo/block": REFUSAL });
  });

  it("is read once a second at the most, however often it is changed", async () => {
    const readAtMs: number[] = [];
    const read = async () => readAtMs.push(performance.now());
    const followed = followPostgres({ url, applicationName: "test", channel: CHANNEL, read, log });
    while (readAtMs.length < 4) await put("abc123", "4", REFUSAL);
    const closingMs = performance.now();
    await followed.close();
    expect(performance.now() - closingMs).toBeLessThan(500);
    const gaps = readAtMs.slice(1).map((atMs, at) => atMs - (readAtMs[at] as number));
    expect(Math.min(...gaps)).toBeGreaterThan(950);
  });

  it("tells nobody where nothing is changed", async () => {
    const heard: (string | null)[] = [];
    const onChange = (payload: string | null) => heard.push(payload);
    const changes = listenForChanges({ url, applicationName: "test", channel: CHANNEL, onChange, log });
    await expect.poll(() => heard, SOON).toEqual([null]); // connected
    await postgres.deleteFrom("error_categories").where("code", "=", "none").execute();
    await put("abc123", "4", REFUSAL);
    await expect.poll(() => heard.length, SOON).toBe(2);
    await changes.close();
    expect(heard).toEqual([null, ""]);
  });

  it("goes on to hold while Postgres is away", async () => {
    await engine.stop();
    await expect(put("abc123", "5", REFUSAL)).rejects.toThrow();
    expect([of(OURS), categories.ready()]).toEqual([{ 4: WARNING }, true]);
  });
});
