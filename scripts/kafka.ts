import { resolve } from "node:path";
import { prepareKafka } from "../platform/eventlog/embedded/kafka-jars.ts";
import { startKafka } from "../platform/eventlog/embedded/start-kafka.ts";
import { readArguments, USAGE, UsageError } from "./kafka/arguments.ts";

/** `npm run kafka`: one or three brokers of Apache Kafka until Ctrl-C. */
async function main(): Promise<number> {
  const { brokers, folder, help } = readArguments(process.argv.slice(2));
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const say = (line: string): void => console.log(`  ${line}`);
  const missing = await prepareKafka(resolve(folder), say);
  if (missing !== null) {
    console.error(`kafka: ${missing}`);
    return 1;
  }
  const stopped = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopped.resolve());
  const startedMs = performance.now();
  const cluster = await startKafka({
    brokers,
    folder: resolve(folder),
    onProgress: say,
  });
  console.log(`ready after ${((performance.now() - startedMs) / 1_000).toFixed(1)} s; Ctrl-C stops it\n`);
  console.log(`EVENTLOG_URL=kafka://${cluster.bootstrap}`);
  const alive = setInterval(() => undefined, 60_000); // the brokers alone do not keep this process
  await stopped.promise;
  clearInterval(alive);
  console.log("stopping");
  await cluster.stop();
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`kafka: ${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
