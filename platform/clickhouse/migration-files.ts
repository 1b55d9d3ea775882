import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Migration {
  /** From the file's name `NNNN_name.sql`; 1, 2, 3 … without a gap. */
  number: number;
  name: string;
  /** As in the file, `{cluster}` included. */
  sql: string;
  /** SHA-256 of the file in hex. */
  checksum: string;
}

const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.sql$/;

/** The migrations of a folder in their order. Rejects when a name or the numbering is not as expected. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(names.map((name, index) => readMigration(directory, name, index + 1)));
}

async function readMigration(directory: string, fileName: string, expected: number): Promise<Migration> {
  const [, number, name] = FILE_NAME.exec(fileName) ?? [];
  if (number === undefined || name === undefined) throw new Error(`${fileName} is not named NNNN_name.sql`);
  if (Number(number) !== expected) throw new Error(`${fileName} should have the number ${expected}`);
  const sql = await readFile(join(directory, fileName), "utf8");
  return { number: expected, name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
}

/**
 * Puts the cluster into a statement: `{cluster}` becomes `ON CLUSTER 'name'`, or nothing where there is none. Other curly
 * brackets, the engine's own `{shard}` and `{replica}` among them, stay.
 */
export function withCluster(sql: string, cluster: string | null): string {
  return sql.replaceAll("{cluster}", onCluster(cluster));
}

export function onCluster(cluster: string | null): string {
  if (cluster === null) return "";
  if (!/^[\w-]+$/.test(cluster)) throw new Error(`${JSON.stringify(cluster)} is not a cluster's name`);
  return `ON CLUSTER '${cluster}'`;
}
