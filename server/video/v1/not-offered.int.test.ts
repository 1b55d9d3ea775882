import Mux from "@mux/mux-node";
import Mux12 from "mux-node-12";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";

let postgres: TestPostgres;
let server: TestServer;
let mux: Mux;
let mux12: Mux12;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  const { tokenId, tokenSecret } = await createFirstTenant(server.db);
  const options = { tokenId, tokenSecret, baseURL: await server.listen(), maxRetries: 0 };
  mux = new Mux(options);
  mux12 = new Mux12(options);
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

/** What a call was refused with. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; message: string }> {
  const error = await call.then(
    () => null,
    (refused: unknown) => refused,
  );
  if (!(error instanceof Mux.APIError) && !(error instanceof Mux12.APIError)) throw new Error("not refused by the API");
  return { status: error.status ?? 0, message: error.message };
}

describe("live streams and web inputs", () => {
  it("are empty lists, and cannot be created", async () => {
    expect((await mux.video.liveStreams.list({ status: "active" })).data).toEqual([]);
    expect((await mux12.video.webInputs.list()).data).toEqual([]);
    const refused = { status: 403, message: expect.stringContaining("takes in no live streams") };
    expect(await refusal(mux.video.liveStreams.create({}))).toEqual(refused);
    expect(await refusal(mux12.video.webInputs.create({ live_stream_id: "x", url: "y" }))).toEqual(refused);
  });

  it.each([
    ["retrieve", () => mux.video.liveStreams.retrieve("x")],
    ["update", () => mux.video.liveStreams.update("x", {})],
    ["delete", () => mux.video.liveStreams.delete("x")],
    ["complete", () => mux.video.liveStreams.complete("x")],
    ["static renditions", () => mux.video.liveStreams.deleteNewAssetSettingsStaticRenditions("x")],
    ["simulcast target", () => mux.video.liveStreams.retrieveSimulcastTarget("x", "y")],
    ["web input", () => mux12.video.webInputs.retrieve("x")],
    ["launch of a web input", () => mux12.video.webInputs.launch("x")],
  ])("%s of one is 404 with the reason", async (_, call) => {
    expect(await refusal(call())).toEqual({ status: 404, message: expect.stringContaining("x does not exist") });
  });
});

it("DRM configurations are an empty list, and one is 404", async () => {
  expect((await mux.video.drmConfigurations.list()).data).toEqual([]);
  expect((await refusal(mux.video.drmConfigurations.retrieve("x"))).status).toBe(404);
});

it("robots are 404 as JSON, with and without a token", async () => {
  expect(await refusal(mux.robots.jobs.list().then((page) => page.data))).toEqual({
    status: 404,
    message: expect.stringContaining("no robots"),
  });
  const answer = await server.app.inject({ method: "POST", url: "/robots/v0/directives" });
  expect([answer.statusCode, answer.json().error.type]).toEqual([404, "not_found"]);
});

it("signing keys are also there under /video/v1", async () => {
  const made = await mux.post<{ data: { id: string } }>("/video/v1/signing-keys");
  const listed = await mux.get<{ data: { id: string }[] }>("/video/v1/signing-keys");
  expect(listed.data.map(({ id }) => id)).toEqual([made.data.id]);
  expect((await mux.system.signingKeys.list()).data.map(({ id }) => id)).toEqual([made.data.id]);
  await mux.delete(`/video/v1/signing-keys/${made.data.id}`);
  expect((await mux.system.signingKeys.list()).data).toEqual([]);
});
