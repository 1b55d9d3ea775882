import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { checkSignedToken } from "../../../platform/tokens/signed-token.ts";
import { findSigningKey } from "../../auth/signing-keys.ts";
import { createEnvironment, createFirstTenant, createOtherTenant, createToken } from "../../testing/tenant.ts";
import { startTestServer, TEST_START_MS, type TestServer } from "../../testing/test-server.ts";
import { caller } from "../../testing/video.ts";

const PATH = "/system/v1/signing-keys";

let postgres: TestPostgres;
let server: TestServer;
let first: Awaited<ReturnType<typeof createFirstTenant>>;
let mux: Mux;
let stranger: ReturnType<typeof caller>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  first = await createFirstTenant(server.db);
  mux = new Mux({ ...first, baseURL: await server.listen() });
  const { environmentId } = await createOtherTenant(server.db);
  stranger = caller(server, await createToken(server.db, environmentId, ["system:read", "system:write"]));
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

describe("/system/v1/signing-keys", () => {
  it("gives the private key once and keeps the public one alone", async () => {
    const { id, created_at, private_key = "" } = await mux.system.signingKeys.create();
    expect(Buffer.from(private_key, "base64").toString()).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    const told = { id, created_at: String(TEST_START_MS / 1_000) };
    expect(created_at).toBe(told.created_at);
    expect(await mux.system.signingKeys.retrieve(id)).toEqual(told);
    const kept = JSON.stringify(await server.db.selectFrom("signing_keys").selectAll().execute());
    expect(kept).not.toContain("PRIVATE");
  });

  it("makes keys with which every SDK signs tokens that check out, until they are deleted", async () => {
    const { id, private_key = "" } = await mux.system.signingKeys.create();
    const signers = [Mux9, Mux12, Mux14, Mux].map((Sdk) => new Sdk({ tokenId: "x", tokenSecret: "y" }).jwt);
    const config = { keyId: id, keySecret: private_key, type: "asset", expiration: "1h" } as const;
    const tokens = await Promise.all(signers.map((jwt) => jwt.signViewerCounts("asset1", config)));
    const check = (token: string) =>
      checkSignedToken(token, {
        audiences: ["asset_id"],
        findKey: (keyId) => findSigningKey(server.db, keyId),
        nowMs: Date.now(),
      });
    for (const token of tokens)
      expect(await check(token)).toMatchObject({ kind: "valid", subject: "asset1", key: { environmentId: 1 } });

    const answer = await mux.system.signingKeys.delete(id).asResponse();
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    for (const token of tokens) expect(await check(token)).toEqual({ kind: "refused", reason: "unknown_key" });
    await expect(mux.system.signingKeys.delete(id)).rejects.toMatchObject({ status: 404 });
    await expect(mux.system.signingKeys.retrieve(id)).rejects.toMatchObject({ status: 404 });
    const audit = await server.db.selectFrom("audit_log").selectAll().where("target", "=", id).orderBy("id").execute();
    expect(audit.map(({ action, access_token_id }) => [action, access_token_id])).toEqual([
      ["signing_key.create", first.tokenId],
      ["signing_key.delete", first.tokenId],
    ]);
  });

  it("lists those that live, to the end", async () => {
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) made.push((await mux.system.signingKeys.create()).id);
    const seen = [];
    for await (const key of mux.system.signingKeys.list({ limit: 2 })) seen.push(key);
    expect(seen.map(({ id }) => id)).toEqual(expect.arrayContaining(made));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    for (const key of seen) expect(Object.keys(key)).toEqual(["id", "created_at"]);
  });

  it("belongs to its environment, and to callers with the permission", async () => {
    const { id } = await mux.system.signingKeys.create();
    for (const wrong of [id, "SIGNING_KEY_ID", "x".repeat(44)])
      for (const method of ["GET", "DELETE"] as const)
        expect((await stranger(method, `${PATH}/${wrong}`)).statusCode).toBe(404);
    expect((await stranger("GET", PATH)).json()).toEqual({ data: [] });
    const reader = caller(server, await createToken(server.db, first.environmentId, ["system:read", "video:write"]));
    expect((await reader("POST", PATH)).statusCode).toBe(403);
    expect((await reader("DELETE", `${PATH}/${id}`)).statusCode).toBe(403);
    expect((await reader("GET", `${PATH}/${id}`)).statusCode).toBe(200);
  });

  it("gives an environment a hundred, however many are asked for at once", async () => {
    const environmentId = await createEnvironment(server.db, "many1x");
    const ask = caller(server, await createToken(server.db, environmentId, ["system:write"]));
    const rows = Array.from({ length: 98 }, (_, at) => ({
      ...{ environment_id: environmentId, id: server.services.newId(), public_key: "-----BEGIN PUBLIC KEY-----" },
      created_at: new Date(TEST_START_MS + at),
    }));
    await server.db.insertInto("signing_keys").values(rows).execute();
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask("POST", PATH)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 201, 422, 422]);
    expect((await ask("POST", PATH)).json().error).toEqual({
      type: "limit_reached",
      messages: ["This environment has 100 signing keys, and may have no more: delete some first"],
    });
    await ask("DELETE", `${PATH}/${rows[0]?.id}`);
    expect((await ask("POST", PATH)).statusCode).toBe(201);
  });

  it("makes one after another, and few for each environment", async () => {
    const environmentId = await createEnvironment(server.db, "haste1");
    const ask = caller(server, await createToken(server.db, environmentId, ["system:write"]));
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask("POST", PATH)));
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    expect(answers.filter(({ statusCode }) => statusCode === 201).length + refused.length).toBe(12);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { headers, body } of refused)
      expect([headers["retry-after"], JSON.parse(body).error]).toEqual([
        "2",
        { type: "rate_limited", messages: ["This environment has 4 signing keys being made"] },
      ]);
    expect((await ask("POST", PATH)).statusCode).toBe(201);
  });
});
