import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BackupRefused } from "./backup-refused.ts";

/** A file of the backup that holds rows. */
const RowsFile = z.object({ table: z.string(), file: z.string(), rows: z.number(), sha256: z.string() });
export type RowsFile = z.output<typeof RowsFile>;

const Manifest = z.object({
  version: z.literal(1),
  /** ISO 8601: what happened before the first is in it, what happened after the second is not. */
  begunAt: z.string(),
  endedAt: z.string(),
  /** Names of the migrations that the rows belong to, in their order. */
  postgresMigrations: z.array(z.string()),
  clickhouseMigrations: z.number(),
  postgres: z.array(RowsFile),
  clickhouse: z.array(RowsFile),
  objects: z.array(z.object({ key: z.string(), sizeBytes: z.number(), sha256: z.string() })),
});
/** What a backup holds; written last, so that a folder without one is none. */
export type Manifest = z.output<typeof Manifest>;

const NAME = "manifest.json";

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, NAME), `${JSON.stringify(manifest, null, 1)}\n`);
}

/** Throws BackupRefused where there is none, or one of another version. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, NAME), "utf8").catch(() => null);
  if (text === null) throw new BackupRefused(`${folder} holds no backup that was finished (${NAME})`);
  const parsed = Manifest.safeParse(JSON.parse(text));
  if (!parsed.success) throw new BackupRefused(`${folder} is a backup of another version of Playhead`);
  return parsed.data;
}
