import Mux from "@mux/mux-node";
import type Mux12 from "mux-node-12";
import type Mux14 from "mux-node-14";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { caller } from "../../testing/video.ts";

const PATH = "/video/v1/transcription-vocabularies";

/** As each client is promised it. */
type Vocabulary = Mux.Video.TranscriptionVocabulary &
  Mux14.Video.TranscriptionVocabulary &
  Mux12.Video.TranscriptionVocabulary;

let postgres: TestPostgres;
let server: TestServer;
let ask: ReturnType<typeof caller>;
let mux: Mux;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const rate = { perSecond: 10_000, burst: 10_000 };
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase(), rate });
  const { tokenId, tokenSecret } = await createFirstTenant(server.db);
  ask = caller(server, basic(tokenId, tokenSecret));
  mux = new Mux({ tokenId, tokenSecret, baseURL: await server.listen(), maxRetries: 0 });
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

it("are created, changed, listed and deleted by the SDK", async () => {
  const { transcriptionVocabularies: vocabularies } = mux.video;
  const made = await vocabularies.create({ phrases: ["Mux", "Ärger"], name: "Ours", passthrough: "p" });
  expect(made).toEqual({
    ...{ id: expect.any(String), phrases: ["Mux", "Ärger"], name: "Ours", passthrough: "p" },
    ...{ created_at: made.updated_at, updated_at: expect.stringMatching(/^\d{10}$/) },
  } satisfies Vocabulary);
  server.advance(5_000);
  const changed = await vocabularies.update(made.id ?? "", { phrases: ["HLS"], passthrough: "" });
  expect(changed).toEqual({
    ...{ id: made.id, phrases: ["HLS"], name: "Ours", created_at: made.created_at },
    updated_at: String(Number(made.updated_at) + 5),
  });
  const other = await vocabularies.create({ phrases: ["x"] });
  const seen: (string | undefined)[] = [];
  for await (const { id } of vocabularies.list({ limit: 1 })) seen.push(id);
  expect(seen).toEqual([other.id, made.id]);
  expect(await vocabularies.retrieve(made.id ?? "")).toEqual(changed);
  for (const { id } of [made, other]) await vocabularies.delete(id ?? "");
  await expect(vocabularies.retrieve(made.id ?? "")).rejects.toMatchObject({ status: 404 });
  await expect(vocabularies.delete(made.id ?? "")).rejects.toMatchObject({ status: 404 });
});

it.each([
  ["without phrases", {}, "phrases"],
  ["with no phrase", { phrases: [] }, "phrases"],
  ["with an empty phrase", { phrases: ["a", " "] }, "phrases.1: is empty"],
  ["with a phrase that is too long", { phrases: ["x".repeat(256)] }, "more than 255"],
  ["with more than 1,000", { phrases: Array(1_001).fill("x") }, "phrases"],
  ["with a name that is too long", { phrases: ["x"], name: "x".repeat(256) }, "name"],
])("is refused %s", async (_, body, message) => {
  const answer = await ask("POST", PATH, body);
  expect([answer.statusCode, answer.json().error.messages.join()]).toEqual([400, expect.stringContaining(message)]);
});

it("may be 100 in an environment", async () => {
  for (let n = 0; n < 100; n += 1) expect((await ask("POST", PATH, { phrases: ["x"] })).statusCode).toBe(201);
  const answer = await ask("POST", PATH, { phrases: ["x"] });
  expect([answer.statusCode, answer.json().error.type]).toEqual([422, "limit_reached"]);
});
