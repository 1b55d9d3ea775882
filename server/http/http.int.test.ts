import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../testing/tenant.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

let postgres: TestPostgres;
let server: TestServer;
let sessionToken: string;
let accessToken: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({
    databaseUrl: await postgres.createTestDatabase(),
    rate: { perSecond: 1_000_000, burst: 1_000_000 },
    limits: { perEmail: 100_000, perAddress: 100_000, windowSeconds: 60 },
    extend: (app) => {
      app.get("/broken", { schema: { hide: true } }, () => {
        throw new Error("a bug with a secret in it");
      });
      app.get("/broken-value", { schema: { hide: true } }, () => {
        throw null;
      });
    },
  });
  const { email, password, tokenId, tokenSecret } = await createFirstTenant(server.db);
  accessToken = basic(tokenId, tokenSecret);
  const signedIn = await server.app.inject({
    method: "POST",
    url: "/dashboard/v1/sign-in",
    payload: { email, password },
  });
  sessionToken = signedIn.json().session_token;
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

describe("errors", () => {
  it.each([
    ["an unknown route", { url: "/nowhere?x=1" }, 404, "not_found"],
    ["a URL that cannot be decoded", { url: "/dashboard/v1/environments/%E0%A4%A" }, 400, "invalid_parameters"],
    ["a bug", { url: "/broken" }, 500, "internal_error"],
    ["a bug that throws no error", { url: "/broken-value" }, 500, "internal_error"],
    [
      "a body that is not JSON",
      { payload: "{", headers: { "content-type": "application/json" } },
      400,
      "invalid_parameters",
    ],
    ["no body", { headers: { "content-type": "application/json" } }, 400, "invalid_parameters"],
    [
      "another media type",
      { payload: "a=1", headers: { "content-type": "text/plain" } },
      415,
      "unsupported_media_type",
    ],
    [
      "a prototype in the body",
      { payload: '{"__proto__":{}}', headers: { "content-type": "application/json" } },
      400,
      "invalid_parameters",
    ],
    ["a body over the limit", { payload: { email: "x".repeat(1_100_000) } }, 413, "payload_too_large"],
  ])("answers %s typed", async (_, request, status, type) => {
    const method = "url" in request ? "GET" : "POST";
    const response = await server.app.inject({ method, url: "/dashboard/v1/sign-in", ...request });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toEqual({ error: { type, messages: [expect.any(String)] } });
    expect(response.headers["content-type"]).toContain("application/json");
    expect(response.headers["x-request-id"]).toEqual(expect.any(String));
    expect(response.body).not.toContain("secret in it");
  });

  it("names every wrong field", async () => {
    const response = await server.app.inject({ method: "POST", url: "/dashboard/v1/sign-in", payload: { email: "x" } });
    expect(response.json().error.messages).toEqual([
      expect.stringMatching(/^email: /),
      expect.stringMatching(/^password: /),
    ]);
  });

  it("accepts the JSON type on requests without a body, as older clients send it", async () => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${"A".repeat(43)}` };
    const response = await server.app.inject({ method: "DELETE", url: "/dashboard/v1/session", headers });
    expect(response.statusCode).toBe(204);
  });
});

describe("request ids", () => {
  it.each([
    ["abc-123", true],
    ["a".repeat(128), true],
    ["a".repeat(129), false],
    ['x","level":"fatal', false],
    ["", false],
  ])("%j from outside is kept: %s", async (given, isKept) => {
    const response = await server.app.inject({ url: "/nowhere", headers: { "x-request-id": given } });
    expect(response.headers["x-request-id"] === given).toBe(isKept);
    expect(response.headers["x-request-id"]).toMatch(/^[A-Za-z0-9-]{6,128}$/);
  });
});

describe("GET /docs/openapi.json", () => {
  it("describes the public API under its configured origin, whatever the Host header says", async () => {
    const response = await server.app.inject({ url: "/docs/openapi.json", headers: { host: "evil.example" } });
    const document = response.json();
    expect(document).toMatchObject({ openapi: "3.1.0", servers: [{ url: "https://api.example.com" }] });
    // that every public route is in it: server/openapi/document.test.ts
    expect(Object.keys(document.paths)).not.toContain("/dashboard/v1/session");
    expect(Object.keys(document.paths["/video/v1/assets/{asset_id}"])).toEqual(["get", "delete", "patch"]);
    expect(document.paths["/system/v1/whoami"].get.responses["200"]).toBeDefined();
    expect(response.body).not.toContain("evil");
  });
});

describe("metrics", () => {
  it("label routes by pattern, never by what was asked", async () => {
    await server.app.inject({ url: "/dashboard/v1/environments/abc123" });
    await server.app.inject({ url: "/made-up-path" });
    const text = await server.metrics.metrics();
    expect(text).toContain('route="/dashboard/v1/environments/:id"');
    expect(text).not.toMatch(/abc123|made-up-path/);
  });
});

describe("hostile requests", () => {
  const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) });
  const headers = fc.record(
    {
      authorization: fc.oneof(
        printable,
        printable.map((text) => `Basic ${Buffer.from(text).toString("base64")}`),
        printable.map(
          (text) => `Basic ${Buffer.from(`5b2c8a30-9f0e-4c7e-8f59-6e1f0d3f4a11:${text}\0`).toString("base64")}`,
        ),
        printable.map((text) => `Bearer ${text}`),
        fc.constant("live session"),
        fc.constant("live token"),
      ),
      "x-forwarded-for": printable,
      "x-request-id": printable,
      host: printable,
      "content-range": printable,
      "content-type": fc.oneof(printable, fc.constant("application/json; charset=utf-7")),
    },
    { requiredKeys: [] },
  );
  const json = fc.oneof(
    fc.json(),
    fc
      .record({
        email: fc.oneof(fc.emailAddress(), fc.string({ unit: "binary" })),
        password: fc.string({ unit: "binary" }),
      })
      .map((body) => JSON.stringify(body)),
    fc
      .record(
        {
          input: fc.oneof(fc.jsonValue(), fc.webUrl()),
          playback_policy: fc.jsonValue(),
          passthrough: fc.string({ unit: "binary" }),
          meta: fc.record({ title: fc.string({ unit: "binary" }) }),
          cors_origin: fc.oneof(fc.string({ unit: "binary" }), fc.constant("*")),
          new_asset_settings: fc.jsonValue(),
          timeout: fc.jsonValue(),
          policy: fc.string(),
        },
        { requiredKeys: [] },
      )
      .map((body) => JSON.stringify(body)),
    fc.constant('{"email":"a\\u0000@b","password":"\\ud800"}'),
    fc.string({ unit: "binary" }),
  );
  const paths = fc.oneof(
    fc.constantFrom("/dashboard/v1/sign-in", "/dashboard/v1/session", "/system/v1/whoami", "/docs/openapi.json"),
    fc.constantFrom("/video/v1/assets", "/video/v1/uploads", "/video/v1/playback-ids/x", `/uploads/${"A".repeat(43)}`),
    fc
      .tuple(fc.constantFrom("assets", "uploads", "assets?cursor=", "assets?page="), fc.string({ unit: "binary" }))
      .map(
        ([noun, text]) => `/video/v1/${noun}${noun.endsWith("=") ? "" : "/"}${encodeURIComponent(text.toWellFormed())}`,
      ),
    fc.webPath().map((path) => `/dashboard/v1/environments${path}`),
    fc
      .string({ unit: "binary" })
      .map((id) => `/dashboard/v1/environments/${encodeURIComponent(id.toWellFormed())}/socket-token`),
  );

  it("never make the server fail", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET" as const, "POST" as const, "DELETE" as const, "PUT" as const, "PATCH" as const),
        paths,
        headers,
        json,
        async (method, url, given, payload) => {
          const { authorization, ...rest } = given;
          const living: Record<string, string> = {
            "live session": `Bearer ${sessionToken}`,
            "live token": accessToken,
          };
          const live = living[authorization ?? ""] ?? authorization;
          const all = {
            "content-type": "application/json",
            ...rest,
            ...(live === undefined ? {} : { authorization: live }),
          };
          const body = method === "GET" || method === "DELETE" ? {} : { payload };
          const response = await server.app.inject({ method, url, headers: all, ...body });
          expect(response.statusCode).toBeLessThan(500);
          if (response.statusCode >= 400) expect(response.json().error.type).toEqual(expect.any(String));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("the server's code", () => {
  it("builds no URL from the Host header", async () => {
    for (const file of ["app.ts", "client.ts", "routes.ts", "errors.ts"]) {
      expect(await readFile(new URL(file, import.meta.url), "utf8")).not.toMatch(
        /headers\.host|request\.host|hostname/,
      );
    }
  });
});
