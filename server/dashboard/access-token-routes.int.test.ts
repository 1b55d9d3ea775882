import Mux from "@mux/mux-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { createSession } from "../auth/sessions.ts";
import { createFirstTenant, createOtherTenant } from "../testing/tenant.ts";
import { startTestServer, TEST_START_MS, type TestServer } from "../testing/test-server.ts";
import { caller } from "../testing/video.ts";

let postgres: TestPostgres;
let server: TestServer;
let first: Awaited<ReturnType<typeof createFirstTenant>>;
let other: Awaited<ReturnType<typeof createOtherTenant>>;
let owner: ReturnType<typeof caller>;
let path: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  first = await createFirstTenant(server.db);
  other = await createOtherTenant(server.db);
  owner = await signedIn(first.email);
  path = `/dashboard/v1/environments/${first.environmentId}/access-tokens`;
  return () => server.stop();
});

async function personOf(email: string): Promise<string> {
  const { id } = await server.db.selectFrom("people").select("id").where("email", "=", email).executeTakeFirstOrThrow();
  return id;
}

async function signedIn(email: string) {
  const { token } = await createSession(server.db, await personOf(email), TEST_START_MS);
  return caller(server, `Bearer ${token}`);
}

const ALL = { name: "Backend", scopes: ["data:write", "data:read"] };

describe("access tokens", () => {
  it("are made with a secret that is shown once and kept as a hash alone", async () => {
    const made = await owner("POST", path, ALL);
    expect(made.statusCode, made.body).toBe(201);
    const { secret, ...told } = made.json();
    expect(secret).toMatch(/^[A-Za-z0-9+/]{75}$/);
    expect(told).toMatchObject({ name: "Backend", scopes: ["data:read", "data:write"], created_by: "Ada" });
    const list = await owner("GET", path);
    expect(list.json().access_tokens).toContainEqual(told);
    expect(list.body).not.toContain("secret");
    expect(JSON.stringify(await server.db.selectFrom("access_tokens").selectAll().execute())).not.toContain(secret);
  });

  it("open their environment with their scopes until they are revoked, from the next request on", async () => {
    const { id, secret } = (await owner("POST", path, ALL)).json();
    const mux = new Mux({ tokenId: id, tokenSecret: secret, baseURL: await server.listen(), maxRetries: 0 });
    expect(await mux.system.utilities.whoami()).toMatchObject({
      environment_id: first.environmentId,
      access_token_name: "Backend",
      permissions: ["data:read", "data:write"],
    });
    await expect(mux.video.assets.list()).rejects.toMatchObject({ status: 403 });
    const used = (await owner("GET", path)).json().access_tokens.find((token: { id: string }) => token.id === id);
    expect(used.last_used_at).toBe(new Date(TEST_START_MS).toISOString());

    expect((await owner("DELETE", `${path}/${id}`)).statusCode).toBe(204);
    await expect(mux.system.utilities.whoami()).rejects.toMatchObject({ status: 401 });
    expect((await owner("DELETE", `${path}/${id}`)).statusCode).toBe(404);
    const left = (await owner("GET", path)).json().access_tokens;
    expect(left.map((token: { id: string }) => token.id)).toEqual([first.tokenId]);
    const audit = await server.db
      .selectFrom("audit_log")
      .select(["action", "person_id", "environment_id"])
      .where("target", "=", id)
      .orderBy("id")
      .execute();
    const by = { person_id: await personOf(first.email), environment_id: first.environmentId };
    expect(audit).toEqual([
      { action: "access_token.create", ...by },
      { action: "access_token.revoke", ...by },
    ]);
  });

  it("are listed newest first, page by page", async () => {
    for (const name of ["One", "Two", "Three"]) {
      server.advance(1_000);
      await owner("POST", path, { ...ALL, name });
    }
    const page = async (n: number) =>
      (await owner("GET", `${path}?limit=2&page=${n}`)).json().access_tokens.map(({ name }: { name: string }) => name);
    // the seeded one carries the database's time, which is later than the test's
    expect([await page(1), await page(2), await page(3)]).toEqual([["First token", "Three"], ["Two", "One"], []]);
  });

  it.each([
    ["owner", 201],
    ["admin", 201],
    ["member", 403],
    ["viewer", 403],
  ] as const)("are for owners and admins: %s gets %d", async (role, status) => {
    await server.db
      .updateTable("memberships")
      .set({ role })
      .where("person_id", "=", await personOf(first.email))
      .execute();
    expect((await owner("POST", path, ALL)).statusCode).toBe(status);
    expect((await owner("GET", path)).statusCode).toBe(status === 201 ? 200 : 403);
    expect((await owner("DELETE", `${path}/${first.tokenId}`)).statusCode).toBe(status === 201 ? 204 : 403);
  });

  it("of another organisation look like none", async () => {
    const stranger = await signedIn(other.email);
    await server.db.updateTable("memberships").set({ role: "owner" }).execute();
    expect((await stranger("POST", path, ALL)).statusCode).toBe(404);
    expect((await stranger("GET", path)).statusCode).toBe(404);
    const theirs = `/dashboard/v1/environments/${other.environmentId}/access-tokens`;
    for (const id of [first.tokenId, "7", "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"])
      expect((await stranger("DELETE", `${theirs}/${id}`)).statusCode).toBe(404);
    expect((await stranger("DELETE", `${path}/${first.tokenId}`)).statusCode).toBe(404);
    expect((await owner("GET", path)).json().access_tokens).toHaveLength(1);
    expect((await caller(server, undefined)("GET", path)).statusCode).toBe(401);
  });

  it.each([
    ["name", { scopes: ["data:read"] }],
    ["name", { name: " ", scopes: ["data:read"] }],
    ["name", { name: "x".repeat(201), scopes: ["data:read"] }],
    ["scopes", { name: "x" }],
    ["scopes", { name: "x", scopes: [] }],
    ["scopes", { name: "x", scopes: ["data:delete"] }],
  ])("need a right %s", async (name, body) => {
    const answer = await owner("POST", path, body);
    expect([answer.statusCode, answer.json().error.messages]).toEqual([400, [expect.stringContaining(name)]]);
  });
});
