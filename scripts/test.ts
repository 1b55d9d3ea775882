import { dirname } from "node:path";
import { JARS_FOLDER, kafkaMissing } from "../platform/eventlog/embedded/kafka-jars.ts";
import { RECOGNISER_FOLDER, recogniserMissing } from "../platform/speech/embedded/recogniser-files.ts";
import { staleParts } from "./full/stale-parts.ts";
import { seconds } from "./supervise/terminal.ts";
import { leftovers, listProcesses } from "./testing/leftovers.ts";
import { killCurrentTool } from "./testing/run-tool.ts";
import { STEPS, type Step } from "./testing/steps.ts";
import { add, type Tally } from "./testing/tally.ts";

/** `npm test`: every step even when one fails, then exactly one line `N passed, N failed`. */

const ROOT = dirname(import.meta.dirname);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    killCurrentTool();
    process.exit(130);
  });
}
process.stdin.on("end", () => process.emit("SIGTERM")).resume(); // the bootstrap that held it is gone

process.exit(await main(process.argv.slice(2)));

/** @param wanted names of steps; none means all */
async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`no such step: ${unknown.join(", ")}; there are ${STEPS.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const before = listProcesses();
  let total: Tally = { passed: 0, failed: 0, failures: [] };
  const summary: string[] = [];
  for (const step of STEPS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const { tally, line } = await runStep(step);
    total = add(total, tally);
    summary.push(line);
  }
  const left = leftovers(before, listProcesses(), ROOT, process.pid);
  const failures = left.map(({ pid, commandLine }) => `left running: ${pid} ${commandLine.slice(0, 120)}`);
  total = add(total, { passed: 0, failed: left.length, failures });
  const noKafka = await kafkaMissing(JARS_FOLDER);
  if (noKafka !== null) summary.push(`  ! the log on Kafka was not tried: ${noKafka}`);
  const noSpeech = recogniserMissing(RECOGNISER_FOLDER);
  if (noSpeech !== null) summary.push(`  ! captions from speech were not tried: ${noSpeech}`);
  for (const warning of await staleParts(ROOT)) summary.push(`  ! ${warning}`);
  for (const failure of total.failures) summary.push(`  ✗ ${failure}`);
  console.log(`\n${summary.join("\n")}\n\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

async function runStep(step: Step): Promise<{ tally: Tally; line: string }> {
  console.log(`\n── ${step.name}`);
  const startedMs = performance.now();
  const tally = await step.run(ROOT);
  const mark = tally.failed === 0 ? "✓" : "✗";
  const counts = `${tally.passed} passed${tally.failed > 0 ? `, ${tally.failed} failed` : ""}`;
  const line = `  ${mark} ${step.name.padEnd(14)} ${seconds(performance.now() - startedMs).padStart(12)}   ${counts}`;
  console.log(line);
  return { tally, line };
}
