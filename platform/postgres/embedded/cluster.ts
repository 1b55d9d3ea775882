import { lchown, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client, DatabaseError } from "pg";
import { run } from "./run.ts";
import type { Runner } from "./runner.ts";

const ROLE = "playhead";
const DATABASE = "playhead";
const CONNECT_TIMEOUT_MS = 10_000;

/** Makes the cluster when missing: beside its place and then renamed, so that a start cut short leaves nothing half made. */
export async function ensureCluster(
  runner: Runner,
  cluster: string,
  password: string,
  onProgress: (phrase: string) => void,
): Promise<void> {
  if (await exists(join(cluster, "PG_VERSION"))) return;
  onProgress("making a new Postgres cluster");
  const half = join(runner.home, "cluster.new");
  const passwordFile = join(runner.home, "initdb.password");
  await rm(half, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runner.owner !== null) await lchown(passwordFile, runner.owner.uid, runner.owner.gid);
  try {
    await run(runner, runner.binaries.initdb, [
      `--pgdata=${half}`,
      `--username=${ROLE}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin", // sorts the same on every machine and after every upgrade of its C library
      "--builtin-locale=C.UTF-8",
      "--locale=C",
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(half, cluster);
}

/** Signs in, makes the product's database when missing, and returns its URL. */
export async function ensureDatabase(port: number, password: string): Promise<string> {
  const client = new Client({
    connectionString: connectionUrl(port, password, "postgres"),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  try {
    await client.connect();
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "28P01") {
      throw new Error("The data folder's Postgres was made with another password than the one given", { cause: error });
    }
    throw error;
  } finally {
    await client.end();
  }
  return connectionUrl(port, password, DATABASE);
}

function connectionUrl(port: number, password: string, database: string): string {
  return `postgres://${ROLE}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
