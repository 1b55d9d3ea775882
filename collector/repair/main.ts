import { parseArgs } from "node:util";
import { BEACON_PARTITIONS } from "../../domain/messages/partition.ts";
import { LOG_RETENTION_MS, TOPICS } from "../../domain/messages/topics.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { DATABASE } from "../../platform/clickhouse/migrate.ts";
import { openEventLog } from "../../platform/eventlog/open-event-log.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { createSink } from "../sink/sink.ts";
import { createFoldCounters } from "../views/fold-counters.ts";
import { readConfig } from "./config.ts";
import { type RepairWishes, repairStore } from "./repair-store.ts";

const USAGE = `node scripts/repair-store.ts [options]

Brings back the rows of damaged parts of the store from the event log, which keeps 48 hours.

  --table NAME   only this table; may be given several times
  --check        first read everything against its checksums and set aside what is damaged
  --replay       read the log again although nothing is set aside
  --drop         then remove the damaged parts whose rows are all back
  --drop-lost    then remove all of them: what the log no longer has is gone for good
  --data DIR     data folder of the Playhead that runs here (default .playhead)`;

/** Exit codes: 0 all is well, 1 something could not be brought back, 2 not understood. */
async function main(): Promise<number> {
  const wishes = readWishes();
  if (wishes === null) return 2;
  if (wishes === "help") return tell(USAGE);
  const config = readConfig();
  const log = createLogger("repair", config.logLevel);
  const metrics = createMetrics("repair");
  const clickhouse = createClickHouse({ url: config.clickhouseUrl, database: DATABASE, log });
  const member = { program: "repair", port: process.pid };
  const shared = { topics: TOPICS, retentionMs: LOG_RETENTION_MS, log, metrics };
  const eventlog = openEventLog({ ...config.eventlog, ...shared, member });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  try {
    const { parts, replayed } = await repairStore(
      {
        clickhouse,
        eventlog,
        sink: createSink({ clickhouse, log, metrics }),
        parseDevice: createDeviceParser(),
        counters: createFoldCounters(metrics),
        partitions: BEACON_PARTITIONS,
        nowMs: Date.now(),
        signal: stop.signal,
        say: tell,
      },
      wishes,
    );
    if (parts.length === 0 && replayed === null) tell("nothing is set aside as damaged");
    return parts.some(({ outcome, dropped }) => outcome.kind !== "repaired" && !dropped) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a table that is none
    process.stderr.write(`repair-store: ${error.message}\n`);
    return 2;
  } finally {
    await eventlog.close();
    await clickhouse.close();
  }
}

function readWishes(): RepairWishes | "help" | null {
  const flag = { type: "boolean", default: false } as const;
  const options = {
    table: { type: "string", multiple: true },
    help: { ...flag, short: "h" },
    ...{ check: flag, replay: flag, drop: flag, "drop-lost": flag },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.help) return "help";
    const { table, check, replay, drop, "drop-lost": dropLost } = values;
    return { tables: table ?? null, check, replay, drop, dropLost };
  } catch (error) {
    process.stderr.write(`repair-store: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    return null;
  }
}

function tell(line: string): 0 {
  process.stdout.write(`${line}\n`);
  return 0;
}

process.exitCode = await main();
