import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basic, createOtherTenant, createToken } from "../../testing/tenant.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";
import { ATTACKS } from "../testing/sql-attacks.ts";

const SECRET = "another tenant's title";
let server: DataServer;
let ours: string;
let other: string;

beforeAll(async () => {
  server = await startDataServer({ rate: { perSecond: 10_000, burst: 10_000 } });
  ours = basic(server.token.tokenId, server.token.tokenSecret);
  const { tokenId, tokenSecret } = await createOtherTenant(server.db);
  other = basic(tokenId, tokenSecret);
  await server.store(
    server.view({ country: "DE", videoTitle: 'One, "quoted"\nand two lines', startupMs: 100 }, { viewId: "a" }),
    server.view({ country: "US", videoTitle: "Old" }, { viewId: "b" }),
    server.view({ country: "FR", videoTitle: "New", startupMs: null }, { viewId: "b", version: 2 }),
    server.view({ country: "GB", videoTitle: SECRET }, { viewId: "secret", environmentId: 2 }),
  );
  const { client } = server.clickhouse;
  await client.command(`INSERT INTO events (environment_id, view_id, sequence, name, details, expires_on)
    SELECT 1, toString(intDiv(number, 100)), number, 'playing', repeat('x', 300), '2100-01-01' FROM numbers(200000)`);
  await client.command(`INSERT INTO events (environment_id, view_id, sequence, name, details, expires_on)
    VALUES (2, 'secret', 1, 'play', '${SECRET.replace("'", "\\'")}', '2100-01-01')`);
});
afterAll(() => server.stop());

async function run(query: unknown, authorization = ours, headers: Record<string, string> = {}) {
  const answer = await server.app.inject({
    method: "POST",
    url: "/data/v1/sql",
    headers: { authorization, ...headers },
    payload: { query },
  });
  return { status: answer.statusCode, text: answer.body, headers: answer.headers };
}
const rowsOf = ({ text }: { text: string }) => JSON.parse(text).data?.rows;
const messageOf = ({ text }: { text: string }) => JSON.parse(text).error?.messages.join();

describe("POST /data/v1/sql", () => {
  it("answers columns with their types, rows, and how many", async () => {
    const answer = await run("SELECT view_id, country, startup_ms FROM views ORDER BY view_id");
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      {
        data: {
          columns: [
            { name: "view_id", type: "String" },
            { name: "country", type: "LowCardinality(String)" },
            { name: "startup_ms", type: "Nullable(UInt32)" },
          ],
          row_count: 2,
          truncated: false,
          elapsed_ms: expect.any(Number),
          // the newest version of each view, without FINAL
          rows: [
            ["a", "DE", 100],
            ["b", "FR", null],
          ],
        },
      },
    ]);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  });

  it("keeps all digits of 64 bits, and shows times as ISO 8601", async () => {
    const { text } = await run(
      "SELECT toUInt64('18446744073709551615'), toDateTime64('2026-01-31 12:00:00.123', 3), 0 / 0",
    );
    expect(text).toContain('"rows":[[18446744073709551615, "2026-01-31T12:00:00.123Z", null]]');
  });

  it("answers CSV to who asks for it", async () => {
    const { status, text, headers } = await run(
      "SELECT view_id, video_title, startup_ms FROM views ORDER BY 1;",
      ours,
      {
        accept: "text/csv",
      },
    );
    expect([status, text]).toEqual([
      200,
      '"view_id","video_title","startup_ms"\n"a","One, ""quoted""\nand two lines",100\n"b","New",\n',
    ]);
    expect(headers).toMatchObject({ "x-row-count": "2", "x-truncated": "false" });
    expect(headers["content-type"]).toMatch(/^text\/csv/);
  });

  it("cuts what has more than 10,000 rows, and says so", async () => {
    const sql = "SELECT sequence, details FROM events ORDER BY sequence";
    const { data } = JSON.parse((await run(`${sql.replace(", details", "")}`)).text);
    expect([data.row_count, data.truncated, data.rows.length, data.rows.at(-1)]).toEqual([
      10_000,
      true,
      10_000,
      [9_999],
    ]);
    const exact = JSON.parse((await run("SELECT sequence FROM events LIMIT 10000")).text).data;
    expect([exact.row_count, exact.truncated]).toEqual([10_000, false]);
    const csv = await run(sql, ours, { accept: "text/csv" });
    expect(csv.headers).toMatchObject({ "x-row-count": "10000", "x-truncated": "true" });
    expect(csv.text.trimEnd().split("\n").length).toBe(10_001);
  });

  it.each([
    [
      "WITH a AS (SELECT view_id, count() AS n FROM events GROUP BY view_id) SELECT count() FROM a WHERE n = 100",
      [[2_000]],
    ],
    [
      "SELECT country, v.view_id FROM views AS v LEFT JOIN (SELECT DISTINCT view_id FROM events) AS e USING view_id ORDER BY 1",
      [
        ["DE", "a"],
        ["FR", "b"],
      ],
    ],
    [
      "SELECT count() FROM views WHERE view_id IN (SELECT view_id FROM views WHERE country = 'DE') AND country IN ('DE', 'FR')",
      [[1]],
    ],
    ["SELECT (SELECT count() FROM events) AS n FROM views LIMIT 1", [[200_000]]],
    ["SELECT count() FROM (SELECT view_id FROM views UNION ALL SELECT view_id FROM views)", [[4]]],
    ["SELECT view_id FROM views INTERSECT SELECT 'a' FROM views", [["a"]]],
    [
      "SELECT view_id, row_number() OVER (ORDER BY view_id DESC) AS n FROM views ORDER BY n",
      [
        ["b", 1],
        ["a", 2],
      ],
    ],
    [
      "SELECT if(country = 'DE', 1, 0) AS x, CASE WHEN x = 1 THEN 'yes' ELSE 'no' END FROM views ORDER BY 1",
      [
        [0, "no"],
        [1, "yes"],
      ],
    ],
    [
      "SELECT JSONExtractString('{\"a\":\"b\"}', 'a'), CAST('5' AS Nullable(UInt8)), '6'::Float64, [1, 2][1], (1, 'a').2",
      [["b", 5, 6, 1, "a"]],
    ],
    ["SELECT quantile(0.5)(startup_ms), countIf(country = 'DE'), uniq(view_id) FROM views", [[100, 1, 2]]],
    ["SELECT name FROM events GROUP BY name HAVING count() > 1 LIMIT 1 BY name", [["playing"]]],
    [
      "SELECT (SELECT groupArray(view_id) FROM (SELECT view_id FROM views ORDER BY 1)) FROM views LIMIT 1",
      [[["a", "b"]]],
    ],
    ["SELECT 'a\u2028b'", [["a\u2028b"]]],
    ["FROM views SELECT count()", [[2]]],
    ["SELECT count() /* a; comment */ FROM views -- and another", [[2]]],
    ["SELECT toDate(INTERVAL 1 DAY + toDate('2026-01-31')) AS \"Länder (1)\"", [["2026-02-01"]]],
  ])("%s", async (sql, rows) => {
    const answer = await run(sql);
    expect([messageOf(answer), rowsOf(answer)]).toEqual([undefined, rows]);
  });

  it("shows every row of one's own environment and none of another's, whoever asks", async () => {
    const sql = "SELECT DISTINCT environment_id, video_title FROM views WHERE environment_id != 1 OR 1 ORDER BY 2";
    expect(rowsOf(await run(sql))).toEqual([
      [1, "New"],
      [1, 'One, "quoted"\nand two lines'],
    ]);
    expect(rowsOf(await run(sql, other))).toEqual([[2, SECRET]]);
    expect(rowsOf(await run("SELECT DISTINCT environment_id FROM events", other))).toEqual([[2]]);
  });

  it.each([
    "SELECT video_title FROM views WHERE environment_id = 2",
    "SELECT video_title FROM views PREWHERE environment_id = 2",
    "SELECT a.video_title FROM views AS a CROSS JOIN views AS b WHERE a.environment_id != b.environment_id",
    "SELECT video_title FROM views FINAL WHERE environment_id IN (2) OR view_id = 'secret'",
    "SELECT details FROM events WHERE name = 'play'",
    "SELECT count() FROM events HAVING count() != 200000",
    "SELECT environment_id FROM views GROUP BY environment_id HAVING environment_id != 1",
    "SELECT max(environment_id) AS m FROM views HAVING m > 1",
    "SELECT toUInt8(video_title) FROM views WHERE environment_id = 2",
    "SELECT 1 FROM views WHERE (SELECT count() FROM events WHERE environment_id = 2) > 0",
  ])("does not show another's rows to %s", async (sql) => {
    const answer = await run(sql);
    expect([answer.status, rowsOf(answer)]).toEqual([200, []]);
    expect(answer.text).not.toContain("another");
  });

  it.each(ATTACKS)("refuses %s", async (sql, says) => {
    const answer = await run(sql);
    expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringMatching(says)]);
    expect(answer.text).not.toMatch(/root:|another tenant|\/tmp|26\.\d|DB::|__table/);
  });
});

describe("what is wrong with a statement", () => {
  it.each([
    ["SELECT view_id\nFROM views\n  WEHRE 1", /line 3, column 9: cannot be read at "1"/],
    ["SELECT nothing FROM views", /Unknown expression identifier `nothing`/],
    ["SELECT sum(country) FROM views", /Illegal type/],
    ["SELECT country FROM views GROUP BY view_id", /not under aggregate function/],
    ["SELECT toUInt32(country) FROM views", /Cannot parse string '(DE|FR)' as UInt32/],
    ["SELECT count(", /ends too early|cannot be read/],
    ["SELECT quantile(2)(startup_ms) FROM views", /./],
  ])("%s is told", async (sql, says) => {
    const answer = await run(sql);
    expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringMatching(says)]);
    expect(messageOf(answer)).toMatch(/^query: /);
  });

  it.each([[undefined], [5], [null]])("a body whose query is %j is 400", async (query) => {
    expect(await run(query)).toMatchObject({ status: 400 });
  });

  it("needs a token that may read", async () => {
    const writer = await createToken(server.db, server.environmentId, ["video:write"]);
    expect((await run("SELECT 1", "Basic eDp5")).status).toBe(401);
    expect((await run("SELECT 1", writer)).status).toBe(403);
  });
});
