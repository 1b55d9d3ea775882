import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { basic, createFirstTenant, createOtherTenant, createToken } from "../../testing/tenant.ts";
import { startTestServer, TEST_START_MS, type TestServer } from "../../testing/test-server.ts";
import { caller } from "../../testing/video.ts";

const PATH = "/video/v1/playback-restrictions";
const RULES = {
  referrer: { allowed_domains: ["*.example.com", "example.com"], allow_no_referrer: true },
  user_agent: { allow_no_user_agent: false, allow_high_risk_user_agent: false },
};

let postgres: TestPostgres;
let server: TestServer;
let mux: Mux;
let owner: ReturnType<typeof caller>;
let stranger: ReturnType<typeof caller>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  const first = await createFirstTenant(server.db);
  mux = new Mux({ ...first, baseURL: await server.listen() });
  owner = caller(server, basic(first.tokenId, first.tokenSecret));
  const { environmentId } = await createOtherTenant(server.db);
  stranger = caller(server, await createToken(server.db, environmentId, ["video:read", "video:write"]));
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

describe(PATH, () => {
  it("makes, changes, lists and deletes them for the SDK", async () => {
    const { playbackRestrictions: restrictions } = mux.video;
    const made = await restrictions.create(RULES);
    const at = String(TEST_START_MS / 1_000);
    expect(made).toEqual({ id: expect.stringMatching(/^[A-Za-z0-9]{44}$/), created_at: at, updated_at: at, ...RULES });
    expect(await restrictions.retrieve(made.id)).toEqual(made);

    const referrer = { allowed_domains: [], allow_no_referrer: false };
    const user_agent = { allow_no_user_agent: true, allow_high_risk_user_agent: true };
    expect(await restrictions.updateReferrer(made.id, { allowed_domains: [] })).toEqual({ ...made, referrer });
    expect(await restrictions.updateUserAgent(made.id, user_agent)).toEqual({ ...made, referrer, user_agent });

    const other = await restrictions.create(RULES);
    const listed = [];
    for await (const one of restrictions.list({ limit: 1 })) listed.push(one.id);
    expect(listed.sort()).toEqual([made.id, other.id].sort());
    expect((await restrictions.delete(made.id).asResponse()).status).toBe(204);
    await expect(restrictions.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
    await expect(restrictions.updateReferrer(made.id, referrer)).rejects.toMatchObject({ status: 404 });
    const audit = await server.db.selectFrom("audit_log").select("action").where("target", "=", made.id).execute();
    expect(audit.map(({ action }) => action.replace("playback_restriction.", ""))).toEqual([
      "create",
      "update",
      "update",
      "delete",
    ]);
  });

  it("takes hosts and nothing else, in any case", async () => {
    const create = (allowed_domains: string[]) =>
      mux.video.playbackRestrictions.create({ ...RULES, referrer: { allowed_domains } });
    expect((await create(["WWW.Example.com", "*"])).referrer.allowed_domains).toEqual(["www.example.com", "*"]);
    for (const wrong of ["https://example.com", "example.com:80", "*.*.com", ""]) {
      await expect(create([wrong])).rejects.toMatchObject({ status: 400 });
    }
    await expect(create(Array.from({ length: 101 }, (_, at) => `a${at}.com`))).rejects.toMatchObject({ status: 400 });
  });

  it("lifts no rule because it was left out", async () => {
    const made = await mux.video.playbackRestrictions.create(RULES);
    for (const [of, body] of [
      ["user_agent", { allow_no_user_agent: true }],
      ["user_agent", { allow_no_user_agent: false, allow_high_risk_user_agent: null }],
      ["referrer", { allow_no_referrer: true }],
      ["referrer", {}],
    ] as const)
      expect([of, (await owner("PUT", `${PATH}/${made.id}/${of}`, body)).statusCode]).toEqual([of, 400]);
    expect(await mux.video.playbackRestrictions.retrieve(made.id)).toEqual(made);
  });

  it("are nobody else's", async () => {
    const { id } = await mux.video.playbackRestrictions.create(RULES);
    for (const [method, path, body] of [
      ["GET", `${PATH}/${id}`, undefined],
      ["DELETE", `${PATH}/${id}`, undefined],
      ["PUT", `${PATH}/${id}/referrer`, RULES.referrer],
      ["PUT", `${PATH}/${id}/user_agent`, RULES.user_agent],
    ] as const) {
      expect([method, path, (await stranger(method, path, body)).statusCode]).toEqual([method, path, 404]);
    }
    expect((await stranger("GET", PATH)).json()).toEqual({ data: [] });
  });
});
