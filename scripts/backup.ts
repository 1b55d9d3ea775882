import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { BackupRefused } from "../platform/backup/backup-refused.ts";
import type { Manifest } from "../platform/backup/manifest.ts";
import { restore } from "../platform/backup/restore.ts";
import { save } from "../platform/backup/save.ts";
import { openRunningStores } from "./backup/running-stores.ts";
import { UsageError } from "./simulate/running-system.ts";
import { readConfig } from "./supervise/config.ts";

const USAGE = `npm run backup -- FOLDER [--data DIR]
npm run restore -- FOLDER [--data DIR] [--force]

  backup    writes all of the Playhead that runs here into a new folder: rows of both databases, and objects
  restore   brings it back into the Playhead that runs here, a new one (npm start on an empty data folder)

  --data DIR   its data folder (default .playhead)
  --force      restore over assets and views that are there already: they are replaced`;

async function main([command = "", ...given]: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: { data: { type: "string" }, force: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  const [path, ...others] = positionals;
  if (values.help === true || path === undefined || others.length > 0) {
    console.log(USAGE);
    return values.help === true ? 0 : 2;
  }
  const from = readConfig().INIT_CWD ?? process.cwd();
  const stores = await openRunningStores(resolve(from, values.data ?? ".playhead"));
  try {
    const folder = resolve(from, path);
    const say = (line: string): void => console.log(line);
    const manifest =
      command === "restore"
        ? await restore(stores, folder, { isForced: values.force === true, say })
        : await save(stores, folder, say);
    console.log(`${command === "restore" ? "restored" : "saved"} ${summary(manifest)}`);
    if (command === "restore") console.log("stop Playhead and start it again; sign in as before the backup");
    return 0;
  } finally {
    await stores.close();
  }
}

function summary({ objects, postgres, clickhouse }: Manifest): string {
  const bytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const rowsOf = (table: string): number =>
    [...postgres, ...clickhouse].find((file) => file.table === table)?.rows ?? 0;
  return `${rowsOf("assets")} assets, ${rowsOf("views")} views, ${objects.length} objects of ${(bytes / 1e6).toFixed(0)} MB`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (
    !(error instanceof UsageError || error instanceof BackupRefused || (error instanceof TypeError && "code" in error))
  )
    throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
