import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { ErrorCategory } from "../../domain/view/error-category.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { type ErrorCategoryDirectory, openErrorCategories } from "./error-categories.ts";

const log = createLogger("test", "silent");
const [OURS, OTHERS] = [1 as EnvironmentId, 2 as EnvironmentId];
const WARNING = { severity: "warning", type: "playback_failure" } as const;
const REFUSAL = { severity: "fatal", type: "business_exception" } as const;
const SOON = { timeout: 3_000, interval: 20 };

let engine: TestPostgres;
let postgres: Postgres;
let categories: ErrorCategoryDirectory;
let stop: () => Promise<void>;

beforeEach(async () => {
  engine = await startTestPostgres(); // one each: it is stopped
  const url = await engine.createTestDatabase();
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

  it("goes on to hold while Postgres is away", async () => {
    await engine.stop();
    await expect(put("abc123", "5", REFUSAL)).rejects.toThrow();
    expect([of(OURS), categories.ready()]).toEqual([{ 4: WARNING }, true]);
  });
});
