import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { readArguments, type SimulateArguments, USAGE } from "./simulate/arguments.ts";
import { createProgressLine } from "./simulate/progress-line.ts";
import { type Progress, runSimulation } from "./simulate/run.ts";
import { findRunningSystem, UsageError } from "./simulate/running-system.ts";
import { summarize, summaryText } from "./simulate/summary.ts";

/** Without a terminal a line this often is enough. */
const QUIET_EVERY_MS = 10_000;
/** Columns of a terminal that does not tell. */
const UNKNOWN_WIDTH = 120;

async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2));
  if (given.help) {
    console.log(USAGE);
    return 0;
  }
  const { collector, environmentKey } = findRunningSystem(given, resolve(given.data));
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

  if (!given.json) console.log(`${given.options.viewers} viewers for ${collector}; Ctrl-C ends them politely`);
  const result = await runSimulation({
    collector,
    envKey: environmentKey,
    options: given.options,
    signal: stop.signal,
    ...(given.json
      ? {}
      : { onProgress: progressWriter(given), progressEveryMs: process.stdout.isTTY ? 500 : QUIET_EVERY_MS }),
  });
  if (process.stdout.isTTY && !given.json) process.stdout.write("\r\x1b[K");
  if (given.truthFile !== undefined) {
    const { options, startedAtMs, endedAtMs, truth } = result;
    writeFileSync(given.truthFile, `${JSON.stringify({ options, startedAtMs, endedAtMs, views: truth })}\n`);
  }
  const summary = summarize(result);
  console.log(given.json ? JSON.stringify(summary) : summaryText(summary));
  return result.requests > 0 && result.acknowledged === 0 ? 1 : 0;
}

function progressWriter({ options }: SimulateArguments): (progress: Progress) => void {
  const line = createProgressLine(options.viewers, options.incidents, options.rampMs);
  return (progress) => {
    const text = line(progress);
    const width = process.stdout.columns || UNKNOWN_WIDTH;
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text.slice(0, width - 1)}`);
    else console.log(text);
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`simulate: ${error.message}`);
  process.exitCode = 2;
}
