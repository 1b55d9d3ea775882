import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Client } from "pg";
import type { RowsFile } from "./manifest.ts";
import { packTo, unpackFrom } from "./row-files.ts";

/** Of the moment, and made again by itself. */
const TRANSIENT = ["leases", "asset_progress"];
const MIGRATIONS = "migrations";
/** Jobs that wait, as they would be added; those under way are done again. */
const JOBS = "waiting jobs";
const AT_ONCE = 1_000;

type Say = (line: string) => void;

/** Writes all rows as they were at one moment, one JSON object a line. The client is in a transaction of its own. */
export async function savePostgres(client: Client, folder: string, say: Say): Promise<RowsFile[]> {
  await client.query("begin isolation level repeatable read read only");
  try {
    const files: RowsFile[] = [];
    for (const table of await tablesOf(client)) {
      files.push(await save(client, folder, table, `select to_jsonb(t)::text as row from ${quoted(table)} t`));
      say(`Postgres: ${table}, ${files.at(-1)?.rows} rows`);
    }
    const jobs = `select jsonb_build_object('task', t.identifier, 'payload', j.payload, 'queue', q.queue_name, 'run_at', j.run_at,
        'max_attempts', j.max_attempts, 'key', j.key, 'priority', j.priority)::text as row
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      left join graphile_worker._private_job_queues q on q.id = j.job_queue_id where j.attempts < j.max_attempts`;
    files.push(await save(client, folder, JOBS, jobs));
    return files;
  } finally {
    await client.query("rollback");
  }
}

async function save(client: Client, folder: string, table: string, sql: string): Promise<RowsFile> {
  const file = `postgres/${table.replaceAll(" ", "-")}.jsonl.gz`;
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    await client.query(`declare saved no scroll cursor for ${sql}`);
    for (;;) {
      const { rows } = await client.query<{ row: string }>(`fetch ${AT_ONCE} from saved`);
      if (rows.length === 0) break;
      count += rows.length;
      yield `${rows.map(({ row }) => row).join("\n")}\n`;
    }
    await client.query("close saved");
  }
  const sha256 = await packTo(join(folder, file), lines());
  return { table, file, rows: count, sha256 };
}

/** Replaces all rows, in one transaction. Triggers and references are not asked: all of it was right when it was saved. */
export async function restorePostgres(
  client: Client,
  folder: string,
  files: readonly RowsFile[],
  say: Say,
): Promise<void> {
  await client.query("begin");
  try {
    await client.query("set local session_replication_role = replica");
    const tables = (await tablesOf(client)).filter((table) => table !== MIGRATIONS);
    await client.query(`truncate ${[...tables, ...TRANSIENT].map(quoted).join(", ")}`);
    await client.query("delete from graphile_worker._private_jobs");
    for (const { table, file, rows } of files) {
      if (table === MIGRATIONS) continue;
      const insert =
        table === JOBS
          ? `select graphile_worker.add_job(r ->> 'task', (r -> 'payload')::json, r ->> 'queue', (r ->> 'run_at')::timestamptz,
              (r ->> 'max_attempts')::integer, r ->> 'key', (r ->> 'priority')::integer) from unnest($1::jsonb[]) r`
          : `insert into ${quoted(table)} overriding system value
              select (jsonb_populate_record(null::${quoted(table)}, r)).* from unnest($1::jsonb[]) r`;
      await restore(client, join(folder, file), insert);
      if (table !== JOBS) await continueSequences(client, table);
      say(`Postgres: ${table}, ${rows} rows`);
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

async function restore(client: Client, path: string, insert: string): Promise<void> {
  let waiting: string[] = [];
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await client.query(insert, [waiting]);
    waiting = [];
  };
  for await (const line of createInterface({ input: unpackFrom(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    waiting.push(line);
    if (waiting.length === AT_ONCE) await flush();
  }
  await flush();
}

/** What comes next is numbered behind what is there. */
async function continueSequences(client: Client, table: string): Promise<void> {
  const { rows } = await client.query<{ column: string; sequence: string }>(
    `select column_name as column, pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
     from information_schema.columns where table_schema = 'public' and table_name = $1
       and pg_get_serial_sequence(quote_ident(table_name), column_name) is not null`,
    [table],
  );
  for (const { column, sequence } of rows) {
    await client.query(
      `select setval($1, coalesce((select max(${quoted(column)}) from ${quoted(table)}), 0) + 1, false)`,
      [sequence],
    );
  }
}

export async function migrationsOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`select name from ${MIGRATIONS} order by id`);
  return rows.map(({ name }) => name);
}

async function tablesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
     order by table_name`,
  );
  return rows.map(({ name }) => name).filter((name) => !TRANSIENT.includes(name));
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
