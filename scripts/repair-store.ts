import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { portsFrom } from "../domain/ports.ts";
import { readConfig as readGiven } from "./rejected/config.ts";
import { findPortBase, UsageError } from "./simulate/running-system.ts";
import { readConfig } from "./supervise/config.ts";
import { secretsOf } from "./supervise/secrets.ts";

/** Runs the repair (collector/repair) on the Playhead that runs on a data folder; everything but --data is its own. */
async function main(given: readonly string[]): Promise<number> {
  const at = given.indexOf("--data");
  const data = at === -1 ? ".playhead" : given[at + 1];
  const others = at === -1 ? given : given.toSpliced(at, 2);
  const config = readConfig();
  const folder = resolve(config.INIT_CWD ?? process.cwd(), data ?? "");
  const secretsFile = join(folder, "secrets.json");
  if (data === undefined || !existsSync(secretsFile)) {
    process.stderr.write(`repair-store: ${folder} is no data folder of a Playhead (--data DIR)\n`);
    return 2;
  }
  const child = spawn(process.execPath, [join(dirname(import.meta.dirname), "collector/repair/main.ts"), ...others], {
    stdio: "inherit",
    env: {
      PATH: config.PATH,
      TZ: "UTC",
      LOG_LEVEL: "warn",
      CLICKHOUSE_URL: config.CLICKHOUSE_URL ?? embeddedUrl(folder, secretsFile),
      EVENTLOG_DIR: join(folder, "eventlog"),
      EVENTLOG_URL: config.EVENTLOG_URL,
    },
  });
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1; // null: ended by a signal
}

function embeddedUrl(folder: string, secretsFile: string): string {
  const { clickhouse } = portsFrom(findPortBase(readGiven().PLAYHEAD_PORT_BASE, folder));
  return `http://default:${secretsOf(secretsFile).clickhousePassword}@127.0.0.1:${clickhouse}`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`repair-store: ${error.message}\n`);
  process.exitCode = 2;
}
