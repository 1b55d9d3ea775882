import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { portsFrom } from "../domain/ports.ts";
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
  const { clickhouse } = portsFrom(config.PLAYHEAD_PORT_BASE);
  const embedded = `http://default:${secretsOf(secretsFile).clickhousePassword}@127.0.0.1:${clickhouse}`;
  const child = spawn(process.execPath, [join(dirname(import.meta.dirname), "collector/repair/main.ts"), ...others], {
    stdio: "inherit",
    env: {
      PATH: config.PATH,
      TZ: "UTC",
      LOG_LEVEL: "warn",
      CLICKHOUSE_URL: config.CLICKHOUSE_URL ?? embedded,
      EVENTLOG_DIR: join(folder, "eventlog"),
      EVENTLOG_URL: config.EVENTLOG_URL,
    },
  });
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1; // null: ended by a signal
}

process.exitCode = await main(process.argv.slice(2));
