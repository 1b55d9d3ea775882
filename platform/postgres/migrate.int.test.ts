import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../observability/logger.ts";
import { migratePostgres, missingMigrations, withMigrationLock } from "./migrate.ts";
import { createPool, createPostgres } from "./pool.ts";
import { startTestPostgres, type TestPostgres } from "./testing.ts";

const log = createLogger("test", "silent");
const folder = fileURLToPath(new URL("../../migrations/postgres", import.meta.url));

/** Tables above environments: they belong to a person or an organisation. */
const ABOVE_ENVIRONMENTS = [
  "organizations",
  "people",
  "memberships",
  "sessions",
  "audit_log",
  "environments",
  "migrations",
];

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

async function ask<T>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("migratePostgres", () => {
  it("applies each migration once when twenty start at once, and nothing the next time", async () => {
    const files = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
    const runs = Array.from({ length: 20 }, () =>
      withMigrationLock(postgres.url, (lock) => migratePostgres(lock, log)),
    );
    const applied = (await Promise.all(runs)).flat();
    expect(applied.map((name) => `${name}.sql`)).toEqual(files.sort());
    expect(await withMigrationLock(postgres.url, (lock) => migratePostgres(lock, log))).toEqual([]);
  });

  it("is seen to be missing before and complete after", async () => {
    const url = await postgres.createTestDatabase();
    const pool = createPool({ url, applicationName: "test", log });
    const db = createPostgres(pool);
    expect(await missingMigrations(db)).toEqual([]);
    await ask(url, "delete from migrations where name = '0001_people'");
    expect(await missingMigrations(db)).toEqual(["0001_people"]);
    await ask(url, "drop table migrations");
    expect(await missingMigrations(db)).toContain("0001_people");
    await pool.end();
  });

  it("leaves every table of the product with environment_id in its primary key, never null", async () => {
    const url = await postgres.createTestDatabase();
    const tables = await ask<{ table: string; keyed: boolean }>(
      url,
      `select c.relname as table, coalesce(bool_or(a.attname = 'environment_id' and a.attnotnull), false) as keyed
       from pg_class c
       left join pg_index i on i.indrelid = c.oid and i.indisprimary
       left join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
       where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1`,
    );
    const unkeyed = tables.filter(({ table, keyed }) => !keyed && !ABOVE_ENVIRONMENTS.includes(table));
    expect(tables.length).toBeGreaterThan(ABOVE_ENVIRONMENTS.length);
    expect(unkeyed).toEqual([]);
  });

  it("makes the columns that the schema names, no more and no fewer", async () => {
    const url = await postgres.createTestDatabase();
    const columns = await ask<{ table: string; columns: string[] }>(
      url,
      `select table_name as table, array_agg(column_name::text order by column_name::text) as columns
       from information_schema.columns where table_schema = 'public' and table_name <> 'migrations' group by 1`,
    );
    const files = ["schema.ts", "schema-exports.ts", "schema-views.ts", "schema-webhooks.ts"].map((file) =>
      readFile(new URL(file, import.meta.url), "utf8"),
    );
    const source = (await Promise.all(files)).join("\n");
    const named = new Map(
      [...source.matchAll(/^(?:export )?interface (?!Schema )(\w+) \{\n([\s\S]*?)^\}/gm)].map(
        ([, name = "", body = ""]) => [
          name.toLowerCase(),
          [...body.matchAll(/^ {2}(\w+):/gm)].map(([, column]) => column).sort(),
        ],
      ),
    );
    const made = new Map(columns.map(({ table, columns: names }) => [table.replaceAll("_", ""), names]));
    expect(named).toEqual(made);
  });

  it("has a header in every migration: what changes, lock or cost, previous release", async () => {
    for (const name of await readdir(folder)) {
      if (!name.endsWith(".sql")) continue;
      expect(name).toMatch(/^\d{4}_[a-z0-9_]+\.sql$/);
      expect(await readFile(`${folder}/${name}`, "utf8"), name).toMatch(
        /^-- What: .+\n(--.+\n)*-- Lock or cost: .+\n(--.+\n)*-- Previous release: .+\n/,
      );
    }
  });
});

describe("withMigrationLock", () => {
  it("lets one in at a time and gives the lock back when the work throws", async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await ask(postgres.url, "select pg_sleep(0.02)");
      inside -= 1;
      throw new Error("work failed");
    };
    const ends = await Promise.allSettled([1, 2, 3].map(() => withMigrationLock(postgres.url, work)));
    expect(most).toBe(1);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });

  it("rejects when its connection is cut while work goes on", async () => {
    const cut = withMigrationLock(postgres.url, async ({ client }) => {
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      await ask(postgres.url, `select pg_terminate_backend(${rows[0]?.pid})`);
      await new Promise(() => {}); // work that would never end
    });
    await expect(cut).rejects.toThrow("migration lock broke");
  });
});

describe("0001_people", () => {
  it("tells listeners of env_keys_changed which key is new or revoked", async () => {
    const url = await postgres.createTestDatabase();
    const listener = new Client({ connectionString: url });
    await listener.connect();
    await listener.query("listen env_keys_changed");
    const heard: (string | undefined)[] = [];
    const three = new Promise<void>((resolve) => {
      listener.on("notification", ({ payload }) => heard.push(payload) === 3 && resolve());
    });
    await ask(url, "insert into organizations (name) values ('Acme')");
    await ask(
      url,
      "insert into environments (id, organization_id, name, type) select 'abc123', id, 'Production', 'production' from organizations",
    );
    await ask(url, "insert into env_keys (environment_id, env_key) values ('abc123', 'k1')");
    await ask(url, "update env_keys set revoked_at = now()");
    await ask(url, "update environments set deleted_at = now()");
    await three;
    await listener.end();
    expect(heard).toEqual(["k1", "k1", ""]);
    expect(await ask(url, "select * from collector_env_keys")).toEqual([
      { env_key: "k1", environment_number: "1", environment_id: "abc123", active: false, retention_days: 90 },
    ]);
    await expect(ask(url, "delete from environments")).rejects.toThrow("never deleted");
    await expect(ask(url, "delete from env_keys")).rejects.toThrow("never deleted");
  });

  it("refuses a second person with the same address in other letters", async () => {
    const url = await postgres.createTestDatabase();
    const insert = (email: string) =>
      ask(url, `insert into people (email, name, password_hash) values ('${email}', 'Ada', '$argon2id$x')`);
    await insert("ada@example.com");
    await expect(insert("Ada@Example.COM")).rejects.toThrow("people_email");
  });
});
