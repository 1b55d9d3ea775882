import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { basic, createEnvironment, createFirstTenant, createOtherTenant, createToken } from "../../testing/tenant.ts";
import { startTestServer, TEST_START_MS, type TestServer } from "../../testing/test-server.ts";
import { caller } from "../../testing/video.ts";

const PATH = "/system/v1/webhooks";

let postgres: TestPostgres;
let server: TestServer;
let first: Awaited<ReturnType<typeof createFirstTenant>>;
let mux: Mux;
let ask: ReturnType<typeof caller>;
let stranger: ReturnType<typeof caller>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  first = await createFirstTenant(server.db);
  mux = new Mux({ ...first, baseURL: await server.listen(), maxRetries: 0 });
  ask = caller(server, basic(first.tokenId, first.tokenSecret));
  const { environmentId } = await createOtherTenant(server.db);
  stranger = caller(server, await createToken(server.db, environmentId, ["system:read", "system:write"]));
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

describe("/system/v1/webhooks", () => {
  it("gives the secret to who creates one, and to nobody after", async () => {
    const address = "https://example.com/once";
    const made = await mux.system.webhooks.create({ address });
    const { id, signing_secret } = made;
    const told = { id, address, enabled: true, created_at: new Date(TEST_START_MS).toISOString() };
    expect(made).toEqual({ ...told, signing_secret: expect.stringMatching(/^[\w-]{32}$/) });
    expect(await mux.system.webhooks.retrieve(id)).toEqual(told);
    const seen = [];
    for await (const webhook of mux.system.webhooks.list()) seen.push(webhook);
    expect(seen).toContainEqual(told);
    const changed = await mux.system.webhooks.update(id, { enabled: false });
    expect(changed).toEqual({ ...told, enabled: false });
    expect(JSON.stringify([seen, changed])).not.toContain(signing_secret);
  });

  it("lets each address be one webhook's, until that is deleted", async () => {
    const address = "https://example.com/taken";
    const { id } = await mux.system.webhooks.create({ address });
    const other = await mux.system.webhooks.create({ address: "https://example.com/other" });
    const refusal = {
      type: "invalid_parameters",
      messages: [`address: webhook ${id} of this environment has this address: change or delete that one`],
    };
    const again = await ask("POST", PATH, { address });
    expect([again.statusCode, again.json().error]).toEqual([400, refusal]);
    const moved = await ask("PATCH", `${PATH}/${other.id}`, { address });
    expect([moved.statusCode, moved.json().error]).toEqual([400, refusal]);
    expect((await ask("PATCH", `${PATH}/${id}`, { address, enabled: true })).statusCode).toBe(200);
    expect((await stranger("POST", PATH, { address })).statusCode).toBe(201);
    expect((await mux.system.webhooks.delete(id).asResponse()).status).toBe(204);
    const next = await mux.system.webhooks.update(other.id, { address });
    expect([next.address, next.id]).toEqual([address, other.id]);
    expect((await ask("GET", `${PATH}/${id}`)).statusCode).toBe(404);
    expect((await ask("DELETE", `${PATH}/${id}`)).statusCode).toBe(404);
  });

  it("gives one address to one of those that ask for it at once", async () => {
    const asked = Array.from({ length: 5 }, () => ask("POST", PATH, { address: "https://example.com/race" }));
    const statuses = (await Promise.all(asked)).map(({ statusCode }) => statusCode);
    expect(statuses.sort()).toEqual([201, 400, 400, 400, 400]);
  });

  it.each([
    "ftp://example.com/",
    "https://user:secret@example.com/",
    "example.com",
    "",
    `https://example.com/${"x".repeat(2_048)}`,
  ])("refuses the address %s", async (address) => {
    const answer = await ask("POST", PATH, { address });
    expect([answer.statusCode, answer.json().error.type]).toEqual([400, "invalid_parameters"]);
  });

  it("asks for something to change", async () => {
    const { id } = await mux.system.webhooks.create({ address: "https://example.com/still" });
    expect((await ask("PATCH", `${PATH}/${id}`, {})).json().error.messages).toEqual(["name address, enabled or both"]);
  });

  it("has the same answer for the same Idempotency-Key, secret included", async () => {
    const body = { address: "https://example.com/key" };
    const repeated = caller(server, basic(first.tokenId, first.tokenSecret), { "idempotency-key": "webhook-1" });
    const made = (await repeated("POST", PATH, body)).json();
    expect((await repeated("POST", PATH, body)).json()).toEqual(made);
    expect((await repeated("POST", PATH, { address: "https://example.com/key2" })).statusCode).toBe(422);
  });

  it("belongs to its environment, and to callers with the permission", async () => {
    const { id } = await mux.system.webhooks.create({ address: "https://example.com/mine" });
    for (const wrong of [id, "WEBHOOK_ID", "x".repeat(44)])
      for (const method of ["GET", "PATCH", "DELETE"] as const)
        expect((await stranger(method, `${PATH}/${wrong}`, { enabled: false })).statusCode).toBe(404);
    expect((await stranger("GET", PATH)).body).not.toContain(id);
    const reader = caller(server, await createToken(server.db, first.environmentId, ["system:read", "video:write"]));
    expect((await reader("POST", PATH, { address: "https://example.com/r" })).statusCode).toBe(403);
    expect((await reader("PATCH", `${PATH}/${id}`, { enabled: false })).statusCode).toBe(403);
    expect((await reader("DELETE", `${PATH}/${id}`)).statusCode).toBe(403);
    expect((await reader("GET", `${PATH}/${id}`)).json().data.enabled).toBe(true);
  });

  it("notes who changed what, and gives an environment a hundred", async () => {
    const environmentId = await createEnvironment(server.db, "many1x");
    const askThere = caller(server, await createToken(server.db, environmentId, ["system:write"]));
    const row = (at: number) => ({
      ...{ environment_id: environmentId, id: server.services.newId(), address: `https://example.com/${at}` },
      ...{ signing_secret: "x", created_at: new Date(TEST_START_MS + at) },
    });
    await server.db
      .insertInto("webhooks")
      .values(Array.from({ length: 99 }, (_, at) => row(at)))
      .execute();
    const { id } = (await askThere("POST", PATH, { address: "https://example.com/last" })).json().data;
    expect((await askThere("POST", PATH, { address: "https://example.com/more" })).json().error).toEqual({
      type: "limit_reached",
      messages: ["This environment has 100 webhooks, and may have no more: delete some first"],
    });
    await askThere("PATCH", `${PATH}/${id}`, { enabled: false });
    await askThere("DELETE", `${PATH}/${id}`);
    const audit = await server.db
      .selectFrom("audit_log")
      .select("action")
      .where("target", "=", id)
      .orderBy("id")
      .execute();
    expect(audit.map(({ action }) => action)).toEqual(["webhook.create", "webhook.update", "webhook.delete"]);
  });
});
