import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

let postgres: TestPostgres;
let server: TestServer;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  const { db } = server;
  const { id } = await db.insertInto("organizations").values({ name: "One" }).returning("id").executeTakeFirstOrThrow();
  const environment = { id: "abc123", organization_id: id, name: "Production", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
  await db.insertInto("env_keys").values({ environment_id: "abc123", env_key: "key1" }).execute();
});

afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

describe("identifiers", () => {
  it("of an environment key never become free again by renaming", async () => {
    const renamed = server.db.updateTable("env_keys").set({ env_key: "key2" }).execute();
    await expect(renamed).rejects.toThrow("never change");
    const revoked = server.db.updateTable("env_keys").set({ revoked_at: new Date() }).execute();
    await expect(revoked).resolves.toBeDefined(); // all else may change
  });

  it("of an environment never become free again by renaming", async () => {
    const renamed = server.db.updateTable("environments").set({ id: "zzz999" }).execute();
    await expect(renamed).rejects.toThrow("never change");
  });
});
