import { parseArgs } from "node:util";
import { BEACON_PARTITIONS } from "../../domain/messages/partition.ts";
import { LOG_RETENTION_MS, TOPICS } from "../../domain/messages/topics.ts";
import { ClickHouseError } from "../../platform/clickhouse/clickhouse.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { DATABASE } from "../../platform/clickhouse/migrate.ts";
import { LogUnavailableError } from "../../platform/eventlog/eventlog.ts";
import { openEventLog } from "../../platform/eventlog/open-event-log.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { createSink } from "../sink/sink.ts";
import { createFoldCounters } from "../views/fold-counters.ts";
import { readConfig } from "./config.ts";
import { type RepairWishes, repairStore } from "./repair-store.ts";

const USAGE = `npm run repair-store -- [options]

Brings back the rows of damaged parts of the store from the event log, which keeps 48 hours or
EVENTLOG_MAX_GIB, whichever ends first.

  --table NAME   only this table; may be given several times
  --check        first read everything against its checksums, to find what is damaged and still in use
  --replay       read the log again although nothing is set aside
  --drop         then remove the damaged parts whose rows are all back
  --drop-lost    then remove all of them: what the log no longer has is gone for good
  --data DIR     data folder of the Playhead that runs here (default .playhead)

Ends with 0 when no row is missing or those that are were given up (--drop-lost), 1 when some could not be brought back,
2 when it was not understood or not finished; then it may be run again.`;

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
    const sentence = stop.signal.aborted ? "stopped before the end" : expectedSentence(error);
    if (sentence === null) throw error;
    process.stderr.write(`repair-store: ${sentence}\n`);
    return 2;
  } finally {
    await eventlog.close();
    await clickhouse.close();
  }
}

/** What may come to pass without a mistake of ours: a table that is none, a store or a log out of reach. */
function expectedSentence(error: unknown): string | null {
  const isExpected =
    error instanceof RangeError || error instanceof ClickHouseError || error instanceof LogUnavailableError;
  return isExpected ? error.message : null;
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
