import { JARS_FOLDER, prepareKafka } from "../platform/eventlog/embedded/kafka-jars.ts";
import { readArguments, USAGE, UsageError } from "./soak/arguments.ts";
import { complaintsOf, reportOf } from "./soak/report.ts";
import { runSoak } from "./soak/soak-run.ts";

/**
 * `node bench/soak.ts`: random kills of every process while viewers send events; then nothing may be lost, doubled or
 * pending, and a replay of the log into an empty store has to give the same tables.
 */
async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2));
  if (given.help) {
    console.log(USAGE);
    return 0;
  }
  const missing = given.log === "kafka" ? await prepareKafka(JARS_FOLDER, console.log) : null;
  if (missing !== null) {
    console.error(`soak: ${missing}`);
    return 1;
  }
  const pauses = given.log === "kafka" ? ` and ${given.pauses} pauses` : "";
  console.log(
    `${given.kills} kills${pauses} during ${given.events} events on the ${given.log} log, seed ${given.seed}`,
  );
  const startedMs = performance.now();
  const result = await runSoak(given, (line) => console.log(`  ${seconds(startedMs).padStart(6)}  ${line}`));
  const complaints = complaintsOf(result);
  console.log(`\n${reportOf(result)}\n`);
  for (const complaint of complaints) console.log(`✗ ${complaint}`);
  console.log(complaints.length === 0 ? `all promises kept, ${seconds(startedMs)}` : `${complaints.length} complaints`);
  return complaints.length === 0 ? 0 : 1;
}

const seconds = (sinceMs: number): string => `${Math.round((performance.now() - sinceMs) / 1_000)} s`;

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`soak: ${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
