import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { requireScope } from "../../auth/access-tokens.ts";
import { requireCaller } from "../../auth/api-guard.ts";
import { SCOPES } from "../../auth/scopes.ts";
import { basic, createFirstTenant, createOtherTenant } from "../../testing/tenant.ts";
import { startTestServer, TEST_START_MS, type TestServer } from "../../testing/test-server.ts";

let postgres: TestPostgres;
let server: TestServer;
let first: Awaited<ReturnType<typeof createFirstTenant>>;
let other: Awaited<ReturnType<typeof createOtherTenant>>;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

beforeEach(async () => {
  server = await startTestServer({
    databaseUrl: await postgres.createTestDatabase(),
    rate: { perSecond: 1, burst: 3 },
    extend: (app, services) => {
      app.get("/video/v1/needs-scope", async (request, reply) => {
        requireScope(await requireCaller(services, request, reply), "video:read");
        return {};
      });
    },
  });
  first = await createFirstTenant(server.db);
  other = await createOtherTenant(server.db);
});
afterEach(() => server.stop());

const ask = (authorization?: string, url = "/system/v1/whoami") =>
  server.app.inject({ url, headers: authorization === undefined ? {} : { authorization } });

describe("GET /system/v1/whoami", () => {
  it("names token, environment, organisation and permissions", async () => {
    const response = await ask(basic(first.tokenId, first.tokenSecret));
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      data: {
        organization_id: expect.any(String),
        organization_name: "Acme",
        environment_id: first.environmentId,
        environment_name: "Live",
        environment_type: "production",
        access_token_name: "First token",
        permissions: [...SCOPES],
      },
    });
  });

  it("answers no, wrong, mixed, revoked and deleted credentials alike with 401", async () => {
    const wrong = [
      undefined,
      "Basic",
      "Basic !!!",
      "Bearer x",
      basic("not-a-uuid", first.tokenSecret),
      basic(first.tokenId, ""),
      basic(first.tokenId, `${first.tokenSecret}x`),
      basic(first.tokenId, other.tokenSecret),
      basic("5b2c8a30-9f0e-4c7e-8f59-6e1f0d3f4a11", first.tokenSecret),
    ];
    const bodies = await Promise.all(wrong.map((authorization) => ask(authorization)));
    await server.db
      .updateTable("access_tokens")
      .set({ revoked_at: new Date() })
      .where("id", "=", first.tokenId)
      .execute();
    bodies.push(await ask(basic(first.tokenId, first.tokenSecret)));
    await server.db.updateTable("environments").set({ deleted_at: new Date() }).where("id", "=", "other1").execute();
    bodies.push(await ask(basic(other.tokenId, other.tokenSecret)));
    expect(new Set(bodies.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(bodies[0]?.statusCode).toBe(401);
    expect(bodies[0]?.headers["www-authenticate"]).toContain("Basic");
  });

  it("refuses what the scopes do not hold with 403", async () => {
    expect((await ask(basic(first.tokenId, first.tokenSecret), "/video/v1/needs-scope")).statusCode).toBe(200);
    const refused = await ask(basic(other.tokenId, other.tokenSecret), "/video/v1/needs-scope");
    expect(refused.statusCode).toBe(403);
    expect(refused.json().error).toEqual({
      type: "forbidden",
      messages: ["This access token lacks the permission video:read"],
    });
  });

  it("counts calls per token and says so in headers", async () => {
    const authorization = basic(first.tokenId, first.tokenSecret);
    const answers = [
      await ask(authorization),
      await ask(authorization),
      await ask(authorization),
      await ask(authorization),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers["x-ratelimit-remaining"])).toEqual(["2", "1", "0", "0"]);
    expect(answers[3]?.headers).toMatchObject({
      "x-ratelimit-limit": "3",
      "x-ratelimit-reset": "3",
      "retry-after": "1",
    });
    expect((await ask(basic(other.tokenId, other.tokenSecret))).statusCode).toBe(200);
    server.advance(1_000);
    expect((await ask(authorization)).statusCode).toBe(200);
  });

  it("notes the last use at most once a minute", async () => {
    const lastUse = async () =>
      (
        await server.db
          .selectFrom("access_tokens")
          .select("last_used_at")
          .where("id", "=", first.tokenId)
          .executeTakeFirstOrThrow()
      ).last_used_at?.getTime();
    const authorization = basic(first.tokenId, first.tokenSecret);
    await ask(authorization);
    server.advance(59_999);
    await ask(authorization);
    expect(await lastUse()).toBe(TEST_START_MS);
    server.advance(1);
    await ask(authorization);
    expect(await lastUse()).toBe(TEST_START_MS + 60_000);
  });
});
