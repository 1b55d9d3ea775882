import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basic } from "../../testing/tenant.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

let server: DataServer;
let authorization: string;

/** Analysis and run may take 5 s each, beside whatever else this machine does. */
const MOST_MS = 20_000;

beforeAll(async () => {
  server = await startDataServer({ rate: { perSecond: 10_000, burst: 10_000 } });
  authorization = basic(server.token.tokenId, server.token.tokenSecret);
  await server.store(server.view({ country: "DE" }));
  await server.clickhouse.client.command(`INSERT INTO events (environment_id, view_id, sequence, name, details, expires_on)
    SELECT 1, toString(intDiv(number, 100)), number, 'playing', repeat('x', 300), '2100-01-01' FROM numbers(200000)`);
});
afterAll(() => server.stop());

async function run(query: string) {
  const answer = await server.app.inject({
    method: "POST",
    url: "/data/v1/sql",
    headers: { authorization },
    payload: { query },
  });
  return { status: answer.statusCode, message: answer.json().error?.messages.join() ?? "" };
}

const nested = (open: string, inside: string, close: string, times: number) =>
  open.repeat(times) + inside + close.repeat(times);
const listed = (times: number, make: (at: number) => string, by = ", ") =>
  Array.from({ length: times }, (_, at) => make(at)).join(by);
const K = `'${"k".repeat(8_000)}'`;

/** Statements that cost without end, or more than anybody has, and what they are told. */
const BOMBS: readonly (readonly [name: string, sql: string, status: number])[] = [
  ["a cross join of three", "SELECT count() FROM events a, events b, events c", 422],
  ["a join of all with all", "SELECT max(a.sequence * b.sequence) FROM events a JOIN events b ON a.name = b.name", 422],
  [
    "rows without end",
    "SELECT a.details, b.details FROM events a, events b UNION ALL SELECT details, details FROM events",
    422,
  ],
  ["wide rows", `SELECT ${listed(300, () => "details")} FROM events`, 422],
  ["a column told 500 times", `SELECT groupArray(details) AS a${", a".repeat(500)} FROM events`, 422],
  ["an array of all", "SELECT groupArray(details) FROM events", 422],
  [
    "a text that doubles",
    `WITH details AS c0, ${listed(30, (at) => `concat(c${at}, c${at}) AS c${at + 1}`)} SELECT length(c30) FROM events`,
    400,
  ],
  [
    "tuples that double",
    `WITH 1 AS c0, ${listed(30, (at) => `(c${at}, c${at}) AS c${at + 1}`)} SELECT c30 FROM views`,
    400,
  ],
  [
    "tables that double",
    `WITH c0 AS (SELECT view_id FROM events), ${listed(30, (at) => `c${at + 1} AS (SELECT a.view_id FROM c${at} a JOIN c${at} b USING view_id)`)} SELECT count() FROM c30`,
    400,
  ],
  ["long constants", `WITH ${K} AS k SELECT concat(${listed(1_500, () => "k")}) FROM events`, 422],
  ["a long dictionary", `WITH ${K} AS k SELECT concat(country, ${listed(1_500, () => "k")}), view_id FROM views`, 200],
  ["a constant of all", "SELECT length((SELECT groupArray(details) FROM events)) FROM views", 422],
  [
    "many constants of all",
    `SELECT ${listed(20, (at) => `length((SELECT groupArray((sequence, ${at})) FROM events))`)} FROM views`,
    422,
  ],
  ["brackets", `SELECT ${nested("(", "1", ")", 5_000)}`, 400],
  ["lists in lists", `SELECT ${nested("[", "1", "]", 5_000)}`, 400],
  ["half brackets", `SELECT ${"[(".repeat(5_000)}`, 400],
  ["SELECT in SELECT", `SELECT ${nested("(SELECT ", "1", ")", 1_000)}`, 400],
  ["FROM in FROM", `SELECT * FROM ${nested("(SELECT * FROM ", "views", ")", 200)}`, 400],
  ["functions in functions", `SELECT ${nested("lower(", "details", ")", 1_000)} FROM events`, 400],
  ["lambdas in lambdas", `SELECT ${nested("arrayMap(x -> ", "x", ", [1, 2, 3])", 200)} FROM events`, 400],
  ["NOT NOT", `SELECT ${"NOT ".repeat(4_000)}1`, 400],
  ["a long sum", `SELECT ${listed(4_000, () => "1", "+")}`, 400],
  ["CASE in CASE", `SELECT ${nested("CASE WHEN 1 THEN ", "1", " END", 700)}`, 400],
  [
    "expressions on expressions",
    `SELECT sum(arraySum([${listed(300, (at) => `length(replaceRegexpOne(details, '(x+x+)+y${at}', 'z'))`)}])) FROM events`,
    422,
  ],
  [
    "many expressions over each block",
    `SELECT ${listed(300, (at) => `sum(length(replaceRegexpOne(details, '(.*)(.*)(.*)y${at}', 'z')))`)} FROM events`,
    422,
  ],
  ["a regular expression", "SELECT count() FROM events WHERE match(details, '(x{1,30}){1,30}y')", 200],
  [
    "a union of many",
    `SELECT count() FROM (${listed(200, () => "SELECT details FROM events ORDER BY details", " UNION ALL ")})`,
    200,
  ],
];

describe("resources", () => {
  it.each(BOMBS)(
    "%s end by themselves",
    async (_, sql, status) => {
      const startedMs = performance.now();
      const answer = await run(sql);
      expect([answer.status, answer.message]).toEqual([
        status,
        status === 200 ? "" : expect.stringMatching(/^query: ([a-z]|Unknown)/),
      ]);
      if (status !== 200) expect(answer.message).toMatch(/^query: ./);
      expect(performance.now() - startedMs).toBeLessThan(MOST_MS);
      expect(await run("SELECT count() FROM views")).toMatchObject({ status: 200 }); // the engine lives
    },
    60_000,
  );

  it("of a slow statement hold up no other questions", async () => {
    const slow = [1, 2, 3].map(() => run("SELECT count() FROM events a, events b, events c"));
    const tookMs: number[] = [];
    for (let asked = 0; asked < 10; asked += 1) {
      const startedMs = performance.now();
      const { statusCode } = await server.get(`/data/v1/metrics/views/overall?timeframe[]=${asked + 1}:hours`);
      expect(statusCode).toBe(200);
      tookMs.push(performance.now() - startedMs);
    }
    expect(Math.max(...tookMs)).toBeLessThan(2_500);
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([422, 422, 422]);
  }, 60_000);

  it("are shared: the sixth statement of one environment is told to come later", async () => {
    const many = await Promise.all(
      listed(8, () => "SELECT count() FROM events a, events b WHERE a.sequence = b.sequence", ";")
        .split(";")
        .map(run),
    );
    expect(many.filter(({ status }) => status === 200).length).toBe(5);
    expect(many.filter(({ status }) => status === 429).map(({ message }) => message)).toEqual(
      Array(3).fill("This environment has 5 statements under way"),
    );
  }, 60_000);
});
