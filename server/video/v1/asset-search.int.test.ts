import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { SCOPES } from "../../auth/scopes.ts";
import { basic, createFirstTenant, createOtherTenant, createToken } from "../../testing/tenant.ts";
import { startTestServer, TEST_START_MS, type TestServer } from "../../testing/test-server.ts";
import { applyOutcomeNow, caller, result } from "../../testing/video.ts";

const INPUT = "https://example.com/film.mp4";
const NOW_SECONDS = TEST_START_MS / 1_000;

let postgres: TestPostgres;
let server: TestServer;
let environment: string;
let ask: ReturnType<typeof caller>;
let stranger: ReturnType<typeof caller>;
/** Assets by their passthrough. */
const names = new Map<string, string>();

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  const { tokenId, tokenSecret, environmentId } = await createFirstTenant(server.db);
  environment = environmentId;
  const other = await createOtherTenant(server.db);
  ask = caller(server, basic(tokenId, tokenSecret));
  stranger = caller(server, await createToken(server.db, other.environmentId, [...SCOPES]));
  const metas = {
    one: { title: "Ärger im Büro", external_id: "cms-1", creator_id: "ada" },
    two: { title: "100% sure_thing", external_id: "cms-2", creator_id: "ada" },
    three: { title: "Keynote 2026" },
    four: {},
  };
  for (const [passthrough, meta] of Object.entries(metas)) {
    const made = await ask("POST", "/video/v1/assets", { input: INPUT, passthrough, meta });
    names.set(made.json().data.id, passthrough);
    server.advance(10_000);
  }
  const ids = [...names.keys()];
  await applyOutcomeNow(server, result(environment, ids[0] ?? ""));
  await applyOutcomeNow(server, result(environment, ids[1] ?? "", { kind: "errored", error: ERROR }));
  await ask("POST", "/video/v1/assets", { input: INPUT, passthrough: "gone", meta: { title: "Keynote gone" } });
  const gone = (await ask("GET", "/video/v1/assets?limit=1")).json().data[0];
  await ask("DELETE", `/video/v1/assets/${gone.id}`);
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

const ERROR = { type: "invalid_input" as const, messages: ["No."] };

async function found(query: string, as = ask): Promise<(string | undefined)[]> {
  const answer = await as("GET", `/video/v1/assets?${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().data.map(({ id }: { id: string }) => names.get(id));
}

describe("GET /video/v1/assets", () => {
  it.each([
    ["title=KEYNOTE", ["three"]],
    [`title=${encodeURIComponent("ärger IM")}`, ["one"]],
    [`title=${encodeURIComponent("00% S")}`, ["two"]],
    ["title=_", ["two"]],
    ["title=%25", ["two"]],
    [`title=${encodeURIComponent("\\")}`, []],
    ["external_id=cms-1", ["one"]],
    ["external_id=cms", []],
    ["creator_id=ada", ["two", "one"]],
    ["creator_id=ada&title=sure", ["two"]],
    ["passthrough=four", ["four"]],
    ["passthrough=gone", []],
    ["status=ready", ["one"]],
    ["status=errored", ["two"]],
    ["status=preparing", ["four", "three"]],
    ["status=preparing&title=key", ["three"]],
    ["title=&external_id=&passthrough=&upload_id=&live_stream_id=", ["four", "three", "two", "one"]],
    ["nobody_knows=this", ["four", "three", "two", "one"]],
    [`created_at[]=${NOW_SECONDS + 10}`, ["four", "three", "two"]],
    [`created_at[]=${NOW_SECONDS + 10}&created_at[]=${NOW_SECONDS + 30}`, ["three", "two"]],
    [`created_at%5B%5D=0&created_at%5B%5D=${NOW_SECONDS + 1}`, ["one"]],
  ])("with %s finds what is so and nothing else", async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it("walks what it found by cursor and by page", async () => {
    const first = (await ask("GET", "/video/v1/assets?creator_id=ada&limit=1")).json();
    expect(names.get(first.data[0].id)).toBe("two");
    expect(await found(`creator_id=ada&limit=1&cursor=${first.next_cursor}`)).toEqual(["one"]);
    expect(await found("creator_id=ada&limit=1&page=2")).toEqual(["one"]);
    expect(await found("creator_id=ada&limit=1&page=3")).toEqual([]);
  });

  it.each(["title=key", "external_id=cms-1", "creator_id=ada", "passthrough=one", "status=ready", "created_at[]=0"])(
    "finds nothing of another environment with %s",
    async (query) => {
      expect((await found(query)).length).toBeGreaterThan(0);
      expect(await found(query, stranger)).toEqual([]);
    },
  );

  it.each([
    "status=playing",
    "created_at[]=x",
    "created_at[]=2&created_at[]=1",
    `title=${"x".repeat(513)}`,
    "title=%00",
  ])("refuses %s", async (query) => {
    const answer = await ask("GET", `/video/v1/assets?${query}`);
    expect([answer.statusCode, answer.json().error.type]).toEqual([400, "invalid_parameters"]);
  });
});
