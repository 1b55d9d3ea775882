import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ClickHouseError } from "../clickhouse.ts";
import { environment, startViewsTable } from "../questions/testing/views-table.ts";
import { TEST_DATABASE, type TestClickHouse } from "../testing.ts";
import { checkTables } from "./check-tables.ts";
import { OTHER_TABLES } from "./check-text.ts";
import { EXPLAIN_SETTINGS, RUN_SETTINGS } from "./limits.ts";
import { openRawStore, type RawStore } from "./raw-store.ts";
import { createTenantSql, EXPLAIN_TREE } from "./tenant-sql.ts";

const ACCESS_DENIED = 497;

let clickhouse: TestClickHouse;
let store: RawStore;
const never = new AbortController().signal;

beforeAll(async () => {
  clickhouse = await startViewsTable();
  store = openRawStore({ url: clickhouse.url, database: TEST_DATABASE, maxBytes: 1_000_000 });
  for (const [id, country] of [
    [1, "DE"],
    [2, "SECRET"],
  ] as const) {
    await clickhouse.client.command(`INSERT INTO views (environment_id, first_seen, view_id, version, country, expires_on)
      VALUES (${id}, now64(3), 'view', 1, '${country}', '2100-01-01')`);
    await clickhouse.client.command(`INSERT INTO monitoring (environment_id, bucket, view_id, version, country)
      VALUES (${id}, now(), 'view', 1, '${country}')`);
  }
});
afterAll(async () => {
  await store.close();
  await clickhouse.stop();
});

/** Past the first three layers, as if they had let it through. */
const locked = (sql: string, tenant = "1") =>
  store.ask(sql, { ...RUN_SETTINGS, SQL_environment: tenant, readonly: 1, default_format: "TSV" }, never);

describe("a connection that is bound to an environment", () => {
  it.each([
    "SELECT country FROM views",
    "SELECT country FROM playhead.views PREWHERE 1",
    "SELECT country FROM merge('playhead', '^views$')",
    "SELECT country FROM view(SELECT country FROM views)",
    "SELECT country FROM views WHERE view_id IN (SELECT view_id FROM views)",
    // the engine takes these settings although the connection is read-only; they open nothing
    "SELECT country FROM (SELECT * FROM views SETTINGS max_threads = 3)",
  ])("sees its rows alone by %s", async (sql) => {
    expect(await locked(sql)).toBe("DE\n");
    expect(await locked(sql, "2")).toBe("SECRET\n");
    expect(await locked(sql, "3").catch(() => "")).toBe("");
  });

  it.each([
    "SELECT 1 SETTINGS log_comment = ''",
    "SELECT 1 SETTINGS max_memory_usage = 0, readonly = 0",
    "SET log_comment = ''",
    "INSERT INTO views (view_id) SELECT 'x'",
    "ALTER TABLE views DELETE WHERE 1",
    "OPTIMIZE TABLE views",
    "KILL QUERY WHERE 1 SYNC",
    "SYSTEM STOP MERGES",
    "SELECT 1; SELECT 2",
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
  ])("refuses %s", async (sql) => {
    await expect(locked(sql)).rejects.toThrow(ClickHouseError);
  });

  it.each(["", "2", "2:", `2:${"0".repeat(64)}`, "0", "1 OR 1"])(
    "shows nothing to a SELECT that says %j",
    async (mark) => {
      for (const sql of [
        `SELECT country FROM (SELECT * FROM views SETTINGS log_comment = '${mark}')`,
        `WITH a AS (SELECT country FROM views SETTINGS log_comment = '${mark}') SELECT * FROM a`,
        `SELECT country FROM view(SELECT country FROM views SETTINGS log_comment = '${mark}')`,
      ])
        expect(await locked(sql)).toBe("");
    },
  );

  it("takes no environment that is none, and no other way to say one", async () => {
    for (const tenant of ["0", "", "1 OR 1", "-1", "1e3"])
      await expect(locked("SELECT 1", tenant)).rejects.toThrow("SQL_environment");
    const twice = { ...RUN_SETTINGS, SQL_environment: "1", log_comment: "", default_format: "TSV" };
    await expect(store.ask("SELECT country FROM views", twice, never)).rejects.toThrow("log_comment");
  });

  it("leaves nothing behind for who comes next", async () => {
    await locked("SELECT 1");
    const Row = z.object({ n: z.number() });
    const rows = await clickhouse.client.query("SELECT toUInt32(count()) AS n FROM views FINAL", {}, Row);
    expect(rows).toEqual([{ n: 2 }]);
  });

  it.each([
    "SELECT country FROM merge('playhead', '^(monitoring|beats|dimension_values)')",
    "SELECT name FROM merge('system', '^(columns|parts)$')",
    "SELECT name FROM view(SELECT name FROM system.tables)",
    "SELECT country FROM (SELECT * FROM monitoring SETTINGS log_comment = '')",
    "SHOW TABLES",
  ])("sees nothing of what is not offered by %s", async (sql) => {
    expect(await locked(sql)).toBe("");
  });

  it("sees nothing of what is not offered: other tables, views over them, the engine's own", async () => {
    // not each table of the engine's own: some have no end (numbers), some stop threads to look at them (stack_trace)
    const sql = `SELECT database, name FROM system.tables WHERE NOT (database = 'playhead' AND name IN ('views', 'events'))
      AND (database != 'system' OR name IN ('tables', 'columns', 'databases', 'parts', 'parts_columns', 'detached_parts',
      'processes', 'query_cache', 'row_policies', 'users', 'settings', 'errors', 'events', 'metrics', 'disks',
      'asynchronous_metrics', 'server_settings', 'merges', 'mutations', 'functions', 'user_processes'))`;
    const all = await clickhouse.client.query(sql, {}, z.object({ database: z.string(), name: z.string() }));
    const names = all.map(({ database, name }) => `${database}.${name}`);
    expect(names).toEqual(expect.arrayContaining(["playhead.monitoring_from_beats", "system.processes"]));
    for (const name of names) {
      const rows = await locked(`SELECT 1 FROM ${name} LIMIT 1`).catch((error: ClickHouseError) => error.code);
      expect([name, rows]).toEqual([name, expect.toBeOneOf(["", ACCESS_DENIED])]);
    }
    expect(OTHER_TABLES).toEqual(
      new Set(all.filter(({ database }) => database === TEST_DATABASE).map(({ name }) => name)),
    );
  });
});

describe("the tables of the analysed tree", () => {
  // past the second layer: tables that the engine reads while it analyses, before it knows whether it needs them
  it.each([
    "SELECT (SELECT groupArray(country) FROM monitoring) FROM views",
    "SELECT (SELECT (count(), 1) FROM monitoring) FROM views",
    "SELECT view_id FROM (SELECT view_id, (SELECT count() FROM monitoring) AS unused FROM views)",
    "SELECT if((SELECT count() FROM monitoring) > 0, 'y', 'n') FROM views",
    "SELECT view_id FROM views LIMIT (SELECT count() FROM monitoring)",
    "SELECT view_id FROM views ORDER BY (SELECT count() FROM monitoring)",
    "SELECT view_id FROM views WHERE startup_ms IN ((SELECT count() FROM monitoring))",
    "SELECT quantile((SELECT count() FROM monitoring))(startup_ms) FROM views",
    "SELECT view_id FROM views WHERE view_id IN monitoring",
  ])("hold those of %s", async (sql) => {
    const settings = { ...EXPLAIN_SETTINGS, SQL_environment: "1", readonly: 1 };
    const tree = await store.ask(`${EXPLAIN_TREE}\n${sql}`, settings, never);
    expect(() => checkTables(tree, TEST_DATABASE)).toThrow("reads another table");
  });
});

describe("createTenantSql", () => {
  let proxies: Server[] = [];
  afterEach(() => {
    for (const proxy of proxies) proxy.close();
    proxies = [];
  });

  /** Stands before the engine; `change` sees each request's address. */
  async function proxied(change: (url: URL) => void): Promise<string> {
    const proxy = createServer((incoming, outgoing) => {
      const url = new URL(incoming.url ?? "/", clickhouse.url);
      url.username = "";
      url.password = "";
      change(url);
      const onward = request(url, { method: "POST", headers: incoming.headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    proxies.push(proxy);
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const url = new URL(clickhouse.url);
    url.port = String((proxy.address() as AddressInfo).port); // it listens on a port, not on a path
    return url.href;
  }

  it("asks nothing of an account that sees everybody's rows", async () => {
    // a server without the row policies
    const unbound = await proxied((url) => url.searchParams.delete("SQL_environment"));
    const sql = createTenantSql(unbound, TEST_DATABASE);
    const asked = sql.run(environment(1), "SELECT country FROM views", "CSVWithNames", never);
    await expect(asked).rejects.toThrow("sees rows of other environments");
    await sql.close();
  });

  it("looks at a statement again for another environment, and when it was refused", async () => {
    let requests = 0;
    const counted = await proxied(() => {
      requests += 1;
    });
    const sql = createTenantSql(counted, TEST_DATABASE);
    const requestsOf = async (tenant: number, statement: string) => {
      const before = requests;
      const answer = await sql.run(environment(tenant), statement, "CSVWithNames", never).catch(String);
      return [answer, requests - before];
    };
    const [binding, listings, run] = [1, 2, 1];
    const asked = "SELECT country FROM views";
    expect(await requestsOf(1, asked)).toEqual(['"country"\n"DE"\n', binding + listings + run]);
    expect(await requestsOf(1, asked)).toEqual(['"country"\n"DE"\n', run]);
    expect(await requestsOf(2, asked)).toEqual(['"country"\n"SECRET"\n', binding + listings + run]);
    expect(await requestsOf(1, `${asked} WHERE 1`)).toEqual(['"country"\n"DE"\n', listings + run]);
    for (let time = 0; time < 2; time += 1)
      expect(await requestsOf(1, "SELECT name FROM system.tables")).toEqual([expect.stringContaining("no table"), 1]);
    await sql.close();
  });

  it("stops reading an answer that is too long, and the store ends the statement", async () => {
    const asked = store.ask(
      "SELECT repeat('x', 900000), repeat('x', 900000)",
      { ...EXPLAIN_SETTINGS, SQL_environment: "1", readonly: 1 },
      never,
    );
    await expect(asked).rejects.toThrow("more than 1000000 bytes");
  });
});
