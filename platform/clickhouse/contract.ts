import { createClient } from "@clickhouse/client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ClickHouse, ClickHouseError } from "./clickhouse.ts";
import { createClickHouse } from "./client.ts";
import { RowLines } from "./row-lines.ts";

export interface ContractTarget {
  /** With user and password. */
  url: string;
  /** Exists and may be filled and emptied. */
  database: string;
  stop(): Promise<void>;
}

const Count = z.object({ count: z.coerce.number() });
const NASTY = [
  "plain",
  "'single' \"double\" `back`",
  "back\\slash \\' \\n \\N",
  "tab\there, line\nbreak, two\n\ndrop table canary; three\r\n\r\n",
  "NUL \0 inside",
  "ünï¢ødé 漢字 😀 \u200b",
  "{param:String} /* comment */ -- ; $x$",
  "",
];

/** What every store behind {@link ClickHouse} must do: the embedded engine, a server, a cluster. */
export function clickHouseContract(name: string, start: () => Promise<ContractTarget>): void {
  describe(`${name} as ClickHouse`, () => {
    let target: ContractTarget;
    let db: ClickHouse;
    beforeAll(async () => {
      target = await start();
      db = createClickHouse(target);
    });
    afterAll(async () => {
      await db.close();
      await target.stop();
    });
    const context = () => ({ db, target });
    roundTrips(context);
    linesOfRows(context);
    isolation(context);
    failures(context);
    canary(context);
  });
}

type Context = () => { db: ClickHouse; target: ContractTarget };

function roundTrips(context: Context): void {
  const columns = ["id", "text", "big", "at", "maybe", "list", "low", "flag"];
  const Row = z.object({
    id: z.number(),
    text: z.string(),
    big: z.string(),
    at: z.string(),
    maybe: z.number().nullable(),
    list: z.array(z.string()),
    low: z.string(),
    flag: z.boolean(),
  });
  beforeEach(async () => {
    await context().db.command(`CREATE OR REPLACE TABLE types (id UInt32, text String, big UInt64, at DateTime64(3, 'UTC'),
      maybe Nullable(Float64), list Array(String), low LowCardinality(String), flag Bool) ENGINE = MergeTree ORDER BY id`);
  });

  it.each([false, true])("returns what was inserted, compressed: %s", async (compression) => {
    const { target } = context();
    const db = createClickHouse({ ...target, compression });
    const at = new Date("2026-02-28T23:59:59.999Z");
    const rows = NASTY.map((text, id) => [
      id,
      text,
      18_446_744_073_709_551_615n,
      at,
      id === 0 ? null : 0.5,
      NASTY,
      text,
      true,
    ]);
    await db.insert("types", columns, rows);
    const stored = await db.query("SELECT * FROM types ORDER BY id", {}, Row);
    expect(stored).toEqual(
      NASTY.map((text, id) => ({
        id,
        text,
        big: "18446744073709551615",
        at: "2026-02-28 23:59:59.999",
        maybe: id === 0 ? null : 0.5,
        list: NASTY,
        low: text,
        flag: true,
      })),
    );
    await db.close();
  });

  it("passes parameters as they are", async () => {
    const sql = `SELECT {text: String} AS text, {list: Array(String)} AS list, {maybe: Nullable(String)} AS maybe,
      {at: DateTime64(3, 'UTC')} AS at, {flag: Bool} AS flag, {n: Int32} AS n`;
    for (const text of NASTY) {
      const params = { text, list: NASTY, maybe: null, at: new Date("2026-02-28T23:59:59.007Z"), flag: true, n: -5 };
      const [row] = await context().db.query(sql, params, z.any());
      expect(row).toEqual({ ...params, at: "2026-02-28 23:59:59.007" });
    }
  });

  it("takes thousands of values in one parameter", async () => {
    const ids = Array.from({ length: 5_000 }, (_, id) => id);
    const sql = "SELECT length({ids: Array(UInt32)}) AS count";
    expect(await context().db.query(sql, { ids }, Count)).toEqual([{ count: 5_000 }]);
  });

  it("inserts nothing without rows and refuses NaN", async () => {
    const { db } = context();
    await db.insert("types", columns, []);
    await expect(db.insert("types", ["id", "maybe"], [[1, Number.NaN]])).rejects.toMatchObject({ retriable: false });
    expect(await db.query("SELECT count() AS count FROM types", {}, Count)).toEqual([{ count: 0 }]);
  });
}

function linesOfRows(context: Context): void {
  it("takes rows as lines, any number of them, and tells when one is no row", async () => {
    const { db } = context();
    const lines = new RowLines();
    for (let id = 0; id < 5_000; id += 1) lines.push(JSON.stringify([id, `${NASTY[id % NASTY.length]}${id}`]));
    await db.insert("types", ["id", "text"], RowLines.join([lines.slice(0, 10), lines.slice(10)]));
    await db.insert("types", ["id", "text"], new RowLines());
    const rows = await db.query(
      "SELECT id, text FROM types ORDER BY id",
      {},
      z.object({ id: z.number(), text: z.string() }),
    );
    expect(rows).toEqual([...lines].map((line) => JSON.parse(line)).map(([id, text]) => ({ id, text })));
    const bad = new RowLines();
    bad.push('["no number","x"]');
    await expect(db.insert("types", ["id", "text"], bad)).rejects.toMatchObject({ retriable: false });
    expect(await db.query("SELECT count() AS count FROM types", {}, Count)).toEqual([{ count: 5_000 }]);
  });
}

function isolation(context: Context): void {
  it("never shows a parameter or a setting to another request", async () => {
    const { db } = context();
    for (let round = 0; round < 20; round += 1) {
      await db.query("SELECT {leak: String} AS x", { leak: "secret" }, z.any(), { settings: { max_block_size: 7 } });
      await expect(db.query("SELECT {leak: String} AS x", {}, z.any())).rejects.toMatchObject({ code: 456 });
      const [row] = await db.query(
        "SELECT getSetting('max_block_size') AS size",
        {},
        z.object({ size: z.coerce.number() }),
      );
      expect(row?.size).not.toBe(7);
    }
  });

  it("answers 200 parameterised queries at once, each with its own values", async () => {
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    const sql = "SELECT {n: UInt32} AS n, {s: String} AS s, getSetting('max_block_size') AS size";
    const Row = z.object({ n: z.number(), s: z.string(), size: z.coerce.number() });
    const ask = (n: number) =>
      context().db.query(sql, { n, s: `value ${n}` }, Row, { settings: { max_block_size: 1000 + n } });
    const answers = await Promise.all(numbers.map(ask));
    expect(answers).toEqual(numbers.map((n) => [{ n, s: `value ${n}`, size: 1000 + n }]));
  });
}

function failures(context: Context): void {
  it.each([
    ["SELEC 1", 62, false],
    ["SELECT * FROM nowhere", 60, false],
    ["SELECT nothing", 47, false],
    ["SELECT sleepEachRow(0.1) FROM numbers(100) SETTINGS max_block_size = 1, max_execution_time = 0.5", 159, true],
    ["SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 10000000", 241, true],
  ])("rejects %s with code %i", async (sql, code, retriable) => {
    const error = await context()
      .db.query(sql, {}, z.any())
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ClickHouseError);
    expect(error).toMatchObject({ code, retriable });
  });

  it("refuses a column that the table does not have, and a row that the schema does not allow", async () => {
    const { db } = context();
    await expect(db.insert("types", ["id", "nothing"], [[1, 2]])).rejects.toMatchObject({ code: 16, retriable: false });
    const wrong = db.query("SELECT 'a' AS count", {}, z.object({ count: z.number() }));
    await expect(wrong).rejects.toMatchObject({ name: "ClickHouseError", code: null, retriable: false });
  });

  it("ends an aborted query in the engine too", async () => {
    const { db } = context();
    const abort = new AbortController();
    const options = { signal: abort.signal, settings: { max_execution_time: 60 }, name: "endless" };
    const query = db.query(
      "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
      {},
      z.any(),
      options,
    );
    const running = () =>
      db.query(
        "SELECT count() AS count FROM system.processes WHERE query LIKE '%/* endless%' AND query NOT LIKE '%system.processes%'",
        {},
        Count,
      );
    await expect.poll(running, { timeout: 5_000 }).toEqual([{ count: 1 }]);
    abort.abort();
    await expect(query).rejects.toMatchObject({ name: "ClickHouseError", retriable: false });
    await expect.poll(running, { timeout: 5_000 }).toEqual([{ count: 0 }]);
  });

  it("refuses a wrong password", async () => {
    const { target } = context();
    const url = new URL(target.url);
    url.password = "wrong";
    const stranger = createClickHouse({ url: url.href, database: target.database });
    await expect(stranger.query("SELECT 1", {}, z.any())).rejects.toMatchObject({ code: 516, retriable: false });
    await stranger.close();
  });

  it("tells an unreachable store from a wrong call", async () => {
    const nobody = createClickHouse({ url: "http://127.0.0.1:9", database: "playhead" });
    expect(await nobody.ping()).toBe(false);
    await expect(nobody.query("SELECT 1", {}, z.any())).rejects.toMatchObject({ code: null, retriable: true });
    await nobody.close();
    expect(await context().db.ping()).toBe(true);
  });
}

/** Data is data, and one request is one statement: whatever is tried, the canary lives. */
function canary(context: Context): void {
  const attack = "\n\ndrop table canary;\n\n";
  beforeEach(async () => {
    const { db } = context();
    await db.command("CREATE TABLE IF NOT EXISTS canary (a UInt8) ENGINE = MergeTree ORDER BY a");
    await db.command("CREATE OR REPLACE TABLE seeds (a String) ENGINE = MergeTree ORDER BY a");
  });
  const isAlive = () => context().db.query("SELECT count() AS count FROM canary", {}, Count);

  it.each([
    ["JSONEachRow", `{"a":"x"}${attack}`],
    ["JSONCompactEachRow", `["x"]${attack}`],
    ["CSV", `"x"${attack}`],
    ["TabSeparated", `x${attack}`],
    ["Values", `('x')${attack}`],
    ["RowBinary", `\u0018x${attack}`],
  ])("lives after an insert of %s that holds a statement", async (format, data) => {
    const { target } = context();
    const url = new URL(target.url);
    const headers = { authorization: `Basic ${btoa(`${url.username}:${url.password}`)}` };
    const insert = `INSERT INTO seeds FORMAT ${format}`;
    const inUrl = `${url.origin}/?${new URLSearchParams({ database: target.database, query: insert })}`;
    await (await fetch(inUrl, { method: "POST", headers, body: data })).text();
    await isAlive();
    const inBody = `${url.origin}/?${new URLSearchParams({ database: target.database })}`;
    await (await fetch(inBody, { method: "POST", headers, body: `${insert}\n${data}` })).text();
    await isAlive();
  });

  it("lives after rows whose strings hold a statement, and stores them", async () => {
    const { db, target } = context();
    const strings = [`x${attack}`, `');${attack}`, `"${attack}`, `\\${attack}`];
    await db.insert(
      "seeds",
      ["a"],
      strings.map((text) => [text]),
    );
    const client = createClient({ url: target.url, database: target.database });
    for (const format of ["JSONEachRow", "JSONCompactEachRow"] as const) {
      const values = strings.map((text) => (format === "JSONEachRow" ? { a: text } : [text]));
      await client.insert({ table: "seeds", format, values });
    }
    await client.close();
    await isAlive();
    const stored = await db.query(
      "SELECT a, count() AS count FROM seeds GROUP BY a",
      {},
      Count.extend({ a: z.string() }),
    );
    expect(new Map(stored.map(({ a, count }) => [a, count]))).toEqual(new Map(strings.map((text) => [text, 3])));
  });

  it.each([
    "SELECT 1; DROP TABLE canary",
    "SELECT 1 /* ' */ ; DROP TABLE canary -- '",
    "SELECT 'it\\'s'; DROP TABLE canary",
    "SELECT '\\\\'; DROP TABLE canary --'",
    "SELECT `a``b`; DROP TABLE canary",
    "SELECT $x$ ' $x$ ; DROP TABLE canary; SELECT $x$ ' $x$",
    "SELECT 1 # '\n; DROP TABLE canary -- '",
    "SELECT 1 /* /* */ ' */ ; DROP TABLE canary -- '",
    "SELECT ‘ ' ’ ; DROP TABLE canary -- '",
    "SELECT 1\\G DROP TABLE canary",
    "INSERT INTO seeds SELECT 'x'; DROP TABLE canary",
    'WITH 1 AS x INSERT INTO seeds FORMAT JSONEachRow {"a":"1"}\n\nDROP TABLE canary',
    'EXPLAIN AST INSERT INTO seeds FORMAT JSONEachRow {"a":"1"}\n\nDROP TABLE canary',
  ])("lives, and the call is refused: %s", async (sql) => {
    await expect(context().db.command(sql)).rejects.toMatchObject({ name: "ClickHouseError", retriable: false });
    await isAlive();
  });
}
