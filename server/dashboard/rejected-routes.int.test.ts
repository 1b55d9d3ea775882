import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RejectionReason } from "../../domain/messages/rejection-reasons.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "../../platform/clickhouse/testing.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { createFirstTenant, createOtherTenant } from "../testing/tenant.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Math.floor(Date.now() / 1_000) * 1_000; // rows older than a week go by themselves

let postgres: TestPostgres;
let clickhouse: TestClickHouse;
let server: TestServer;
let mine: { environment: string; token: string };
let theirs: { environment: string; token: string };

beforeAll(async () => {
  [postgres, clickhouse] = await Promise.all([startTestPostgres(), startTestClickHouse()]);
  const directory = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  const log = createLogger("test", "silent");
  await migrateClickHouse({ clickhouse: clickhouse.client, directory, cluster: null, log });
  const databaseUrl = await postgres.createTestDatabase();
  server = await startTestServer({ databaseUrl, clickhouse: clickhouse.client, startMs: NOW_MS });
  const [first, other] = [await createFirstTenant(server.db), await createOtherTenant(server.db)];
  mine = { environment: first.environmentId, token: await signIn(first.email, first.password) };
  theirs = { environment: other.environmentId, token: await signIn(other.email, other.password) };
  await fill();
});
afterAll(async () => {
  await server.stop();
  await Promise.all([postgres.stop(), clickhouse.stop()]);
});

async function signIn(email: string, password: string): Promise<string> {
  const payload = { email, password };
  const answer = await server.app.inject({ method: "POST", url: "/dashboard/v1/sign-in", payload });
  return answer.json().session_token;
}

async function numberOf(environment: string): Promise<number> {
  const query = server.db.selectFrom("environments").select("number").where("id", "=", environment);
  return (await query.executeTakeFirstOrThrow()).number;
}

/** Three samples of each of two reasons for me, one hour apart; one of theirs; one of nobody's. */
async function fill(): Promise<void> {
  const [me, them] = [await numberOf(mine.environment), await numberOf(theirs.environment)];
  const columns = ["environment_id", "at", "stage", "position", "reason", "count", "is_sample", "event", "body"];
  const row = (environment: number, hours: number, position: number, reason: RejectionReason, event: string) => {
    return [environment, new Date(NOW_MS - hours * HOUR_MS), "edge", position, reason, 0, 1, event, "{"];
  };
  const rows = [1, 2, 3].flatMap((hours) => [
    row(me, hours, hours * 10, "not_json", `mine ${hours}`),
    row(me, hours, hours * 10 + 1, "missing_view_id", `mine too ${hours}`),
  ]);
  const counts = [1, 30].map((hours) => [
    me,
    new Date(NOW_MS - hours * HOUR_MS),
    "edge",
    hours,
    "not_json",
    500,
    0,
    "",
    "",
  ]);
  const others = [row(them, 1, 7, "not_json", "theirs"), row(0, 1, 8, "unknown_environment", "nobody's")];
  await clickhouse.client.insert("rejected_beacons", columns, [...rows, ...counts, ...others]);
}

async function ask(query: string, { token, environment } = mine) {
  const url = `/dashboard/v1/environments/${environment}/rejected-beacons${query}`;
  return server.app.inject({ method: "GET", url, headers: { authorization: `Bearer ${token}` } });
}
const events = (answer: Awaited<ReturnType<typeof ask>>) =>
  answer.json().samples.map(({ event }: { event: string }) => event);

const cursorOf = (place: string) => Buffer.from(place).toString("base64url");

describe("the list of rejected beacons", () => {
  it("counts by reason with what to do, and shows samples of the last day, newest first", async () => {
    const answer = await ask("");
    expect(answer.statusCode).toBe(200);
    expect(answer.json().counts).toMatchObject([
      { reason: "not_json", events: 500, samples: 3, wrong: expect.stringContaining("no JSON") },
      { reason: "missing_view_id", events: 0, samples: 3, remedy: expect.stringContaining("xid") },
    ]);
    expect(events(answer)).toEqual(["mine too 1", "mine 1", "mine too 2", "mine 2", "mine too 3", "mine 3"]);
    expect(answer.json().samples[0]).toMatchObject({ at: new Date(NOW_MS - HOUR_MS).toISOString(), stage: "edge" });
  });

  it("goes on page by page, and ends", async () => {
    const pages: string[][] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await ask(`?limit=4${cursor === "" ? "" : `&cursor=${cursor}`}`);
      pages.push(events(page));
      cursor = page.json().next_cursor;
    }
    expect(pages.map((page) => page.length)).toEqual([4, 2]);
    expect(new Set(pages.flat()).size).toBe(6);
  });

  it("is filtered by reason and time", async () => {
    const from = new Date(NOW_MS - 2.5 * HOUR_MS).toISOString();
    const to = new Date(NOW_MS - 1.5 * HOUR_MS).toISOString();
    expect(events(await ask(`?reason=not_json&from=${from}&to=${to}`))).toEqual(["mine 2"]);
    const week = new Date(NOW_MS - 7 * 24 * HOUR_MS).toISOString();
    expect((await ask(`?reason=not_json&from=${week}`)).json().counts).toMatchObject([{ events: 1_000 }]);
  });

  it.each(["?reason=nonsense", "?from=yesterday", "?limit=0", "?cursor=x", "?from=2020-01-01T00:00:00Z"])(
    "refuses %s",
    async (query) => expect((await ask(query)).statusCode).toBe(400),
  );

  it.each([
    ["a partition that is none", `cursor=${cursorOf("1795500000000.edge.99999.1.1")}`],
    ["an item that is none", `cursor=${cursorOf("1795500000000.edge.1.1.9999999999")}`],
    ["a position that is none", `cursor=${cursorOf("1795500000000.edge.1.9999999999999999.1")}`],
    ["a moment that is none", `cursor=${cursorOf("999999999999999.edge.1.1.1")}`],
    ["the year 1", "from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z"],
    ["the year 1000", "from=1000-01-01T00:00:00Z&to=1000-01-02T00:00:00Z"],
    ["the year 9999", "from=9999-12-30T00:00:00Z&to=9999-12-31T00:00:00Z"],
  ])("answers %s with 200 or 400", async (_, query) => {
    const answer = await ask(`?${query}`);
    expect([200, 400]).toContain(answer.statusCode);
    if (answer.statusCode === 200 && !query.startsWith("cursor")) expect(events(answer)).toEqual([]);
  });

  it("is each environment's own; another's is 404, and nobody's is shown to none", async () => {
    expect(events(await ask("", theirs))).toEqual(["theirs"]);
    expect((await ask("", { token: mine.token, environment: theirs.environment })).statusCode).toBe(404);
    expect((await ask("", { token: mine.token, environment: "000000" })).statusCode).toBe(404);
    expect((await ask("", { token: "none", environment: mine.environment })).statusCode).toBe(401);
  });

  it("is 503 while the store is away, never an empty list", async () => {
    const away = createClickHouse({ url: "http://127.0.0.1:1", database: "playhead" });
    const { clickhouse: there } = server.services;
    server.services.clickhouse = away;
    const answer = await ask("");
    server.services.clickhouse = there;
    await away.close();
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "2"]);
  });
});
