import type { LightMyRequestResponse } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { verifySocketToken } from "../../platform/tokens/socket-token.ts";
import { SESSION_ABSOLUTE_MS, SESSION_IDLE_MS } from "../auth/sessions.ts";
import { createFirstTenant, createOtherTenant } from "../testing/tenant.ts";
import { startTestServer, TEST_SOCKET_SECRET, TEST_START_MS, type TestServer } from "../testing/test-server.ts";

const HOUR_MS = 3_600_000;
let postgres: TestPostgres;
let server: TestServer;
let first: Awaited<ReturnType<typeof createFirstTenant>>;
let other: Awaited<ReturnType<typeof createOtherTenant>>;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

beforeEach(async () => {
  const limits = { perEmail: 3, perAddress: 5, windowSeconds: 900 };
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase(), limits });
  first = await createFirstTenant(server.db);
  other = await createOtherTenant(server.db);
});
afterEach(() => server.stop());

function signIn(email: string, password: string, forwardedFor?: string): Promise<LightMyRequestResponse> {
  return server.app.inject({
    method: "POST",
    url: "/dashboard/v1/sign-in",
    payload: { email, password },
    headers: forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
  });
}

async function sessionOf(email: string, password: string): Promise<string> {
  const response = await signIn(email, password);
  expect(response.statusCode).toBe(200);
  return response.json().session_token;
}

function ask(method: "GET" | "POST" | "DELETE", url: string, token?: string): Promise<LightMyRequestResponse> {
  return server.app.inject({ method, url, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}

describe("sign-in", () => {
  it("takes the address in any letters, opens a session, keeps only a hash of its token", async () => {
    const response = await signIn("ada@EXAMPLE.com", first.password);
    expect(response.statusCode).toBe(200);
    const { session_token, expires_at, person } = response.json();
    expect(person).toMatchObject({ email: "Ada@example.com", name: "Ada" });
    expect(expires_at).toBe(new Date(TEST_START_MS + SESSION_IDLE_MS).toISOString());
    expect(response.headers["cache-control"]).toBe("no-store");
    const sessions = await server.db.selectFrom("sessions").selectAll().execute();
    expect(JSON.stringify(sessions)).not.toContain(session_token);
  });

  it("answers a wrong password and an unknown address alike", async () => {
    const wrong = await signIn(first.email, "wrong");
    const unknown = await signIn("nobody@example.com", "wrong");
    expect(wrong.statusCode).toBe(401);
    expect(unknown.statusCode).toBe(401);
    expect(wrong.body).toBe(unknown.body);
    expect(wrong.json().error.type).toBe("unauthorized");
  });

  it("slows guessing for one person from many places, and a right password ends the count", async () => {
    await signIn(first.email, "wrong", "198.51.100.1");
    await signIn(first.email, "wrong", "198.51.100.2");
    expect((await signIn(first.email, first.password, "198.51.100.3")).statusCode).toBe(200);
    for (const host of [4, 5, 6]) await signIn(first.email.toUpperCase(), "wrong", `198.51.100.${host}`);
    const refused = await signIn(first.email, first.password, "198.51.100.7");
    expect(refused.statusCode).toBe(429);
    expect(refused.json().error.type).toBe("rate_limited");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  });

  it("counts every spelling that the database takes for the same person", async () => {
    await server.db.updateTable("people").set({ email: "vivi@example.com" }).where("email", "=", first.email).execute();
    for (const spelling of ["vivi", "VİVİ", "vİvi"]) await signIn(`${spelling}@example.com`, "wrong");
    expect((await signIn("vivİ@example.com", first.password)).statusCode).toBe(429);
  });

  it("slows one place that tries many addresses, also when it hops within its IPv6 network", async () => {
    const statuses: number[] = [];
    for (let n = 1; n <= 6; n += 1) {
      statuses.push((await signIn(`person${n}@example.com`, "wrong", `2001:db8:1:${n}::1`)).statusCode);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await signIn(other.email, other.password, "203.0.113.1")).statusCode).toBe(200);
  });
});

describe("session", () => {
  it("lists organisations with environments and the role in them, of this person alone", async () => {
    const response = await ask("GET", "/dashboard/v1/session", await sessionOf(other.email, other.password));
    expect(response.json().organizations).toEqual([
      {
        id: other.organizationId,
        name: "Other",
        environments: [{ id: "other1", name: "Other", type: "development", role: "viewer" }],
      },
    ]);
  });

  it("slides with use up to its absolute end", async () => {
    const token = await sessionOf(first.email, first.password);
    const startMs = TEST_START_MS;
    for (let elapsedMs = 29 * 24 * HOUR_MS; elapsedMs < SESSION_ABSOLUTE_MS; elapsedMs += 29 * 24 * HOUR_MS) {
      server.advance(29 * 24 * HOUR_MS);
      const { expires_at } = (await ask("GET", "/dashboard/v1/session", token)).json();
      const expectedMs = Math.min(elapsedMs + SESSION_IDLE_MS, SESSION_ABSOLUTE_MS);
      expect(expires_at).toBe(new Date(startMs + expectedMs).toISOString());
    }
    server.advance(3 * 24 * HOUR_MS); // day 90
    expect((await ask("GET", "/dashboard/v1/session", token)).statusCode).toBe(401);
  });

  it("ends after 30 days without use, to the millisecond", async () => {
    const token = await sessionOf(first.email, first.password);
    server.advance(SESSION_IDLE_MS - 1);
    const late = await sessionOf(other.email, other.password);
    server.advance(1);
    expect((await ask("GET", "/dashboard/v1/session", token)).statusCode).toBe(401);
    expect((await ask("GET", "/dashboard/v1/session", late)).statusCode).toBe(200);
  });

  it("is dead at once after sign-out, others of the same person live on, twice is no error", async () => {
    const token = await sessionOf(first.email, first.password);
    const second = await sessionOf(first.email, first.password);
    expect((await ask("DELETE", "/dashboard/v1/session", token)).statusCode).toBe(204);
    expect((await ask("DELETE", "/dashboard/v1/session", token)).statusCode).toBe(204);
    expect((await ask("GET", "/dashboard/v1/session", token)).statusCode).toBe(401);
    expect((await ask("GET", "/dashboard/v1/session", second)).statusCode).toBe(200);
  });
});

describe("environments", () => {
  it("tells a member the environment with a key that is in use", async () => {
    const token = await sessionOf(first.email, first.password);
    const url = `/dashboard/v1/environments/${first.environmentId}`;
    expect((await ask("GET", url, token)).json()).toEqual({
      id: first.environmentId,
      name: "Live",
      type: "production",
      env_key: "acmekey1",
      organization: { id: expect.any(String), name: "Acme" },
    });
    await server.db.updateTable("env_keys").set({ revoked_at: new Date() }).execute();
    expect((await ask("GET", url, token)).json().env_key).toBeNull();
  });

  it("signs a socket token for the environment's number that the collector accepts", async () => {
    const token = await sessionOf(first.email, first.password);
    const response = await ask("POST", `/dashboard/v1/environments/${first.environmentId}/socket-token`, token);
    const { token: socketToken, expires_at, socket_url } = response.json();
    expect(socket_url).toBe("https://socket.example.com");
    const environment = await server.db
      .selectFrom("environments")
      .select("number")
      .where("id", "=", first.environmentId)
      .executeTakeFirstOrThrow();
    expect(await verifySocketToken(socketToken, TEST_SOCKET_SECRET, TEST_START_MS)).toEqual({
      personId: expect.any(String),
      environmentId: environment.number,
      scopes: ["monitoring:read"],
      expiresAtMs: Date.parse(expires_at),
    });
  });

  it.each([
    ["GET", ""],
    ["POST", "/socket-token"],
  ] as const)(
    "%s environments/{id}%s: a stranger's, a deleted and a made-up one look the same",
    async (method, rest) => {
      const token = await sessionOf(other.email, other.password);
      const url = (id: string): string => `/dashboard/v1/environments/${id}${rest}`;
      expect((await ask(method, url(other.environmentId), token)).statusCode).toBe(200);
      const answers: LightMyRequestResponse[] = [];
      for (const id of [first.environmentId, "zzzzzz", "UPPER1", "a%00b", encodeURIComponent("' or 1=1 --")]) {
        answers.push(await ask(method, url(id), token));
      }
      await server.db.updateTable("environments").set({ deleted_at: new Date() }).where("id", "=", "other1").execute();
      answers.push(await ask(method, url(other.environmentId), token));
      expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
      expect(answers[0]?.statusCode).toBe(404);
    },
  );

  it.each([
    ["GET", "/dashboard/v1/session"],
    ["GET", "/dashboard/v1/environments/other1"],
    ["POST", "/dashboard/v1/environments/other1/socket-token"],
  ] as const)(
    "%s %s without a session is 401, with a revoked membership 404 or nothing to see",
    async (method, url) => {
      expect((await ask(method, url)).statusCode).toBe(401);
      expect((await ask(method, url, "A".repeat(43))).statusCode).toBe(401);
      const token = await sessionOf(other.email, other.password);
      await server.db.deleteFrom("memberships").where("person_id", "=", other.personId).execute();
      const response = await ask(method, url, token);
      if (url.endsWith("session")) expect(response.json().organizations).toEqual([]);
      else expect(response.statusCode).toBe(404);
    },
  );
});
