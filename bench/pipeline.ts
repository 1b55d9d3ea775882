import { parseArgs } from "node:util";
import { runPipeline } from "./pipeline/pipeline-run.ts";
import { misses, pipelineTable } from "./pipeline/report.ts";

/**
 * How many viewers one machine sustains with all of the analytics on it: edge, views with the live picture, ClickHouse,
 * Postgres, and the generator, whose processor time is told apart. App, server, delivery, transcoder and the TLS front do
 * not run. Valid only if the store says at the end what the generator knows, and only if the generator sent in time.
 *
 *     node bench/pipeline.ts [--viewers 20000] [--minutes 3]
 *
 * With `--viewers` that number is tried; else 20,000, and from there up or down until the most is known to a quarter.
 */
const { values } = parseArgs({
  options: { viewers: { type: "string" }, minutes: { type: "string", default: "3" }, logs: { type: "boolean" } },
});
const PROMISED_VIEWERS = 20_000;
const FINEST_STEP = 1.25;
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error("--minutes is more than 0");

async function isSustained(viewers: number): Promise<boolean> {
  console.log(`\n${viewers} viewers for ${minutes} minutes`);
  const result = await runPipeline({
    viewers,
    minutes,
    onProgress: (line) => console.log(`  ${line}`),
    ...(values.logs === true ? { onLine: (line: string) => console.error(line) } : {}),
  });
  const missed = misses(result);
  console.log(`\n${missed.length === 0 ? "sustained" : `missed: ${missed.slice(0, 10).join("; ")}`}\n`);
  console.log(pipelineTable(result));
  return missed.length === 0;
}

/** The most that is sustained, to within a step; steps are halved, in the logarithm, wherever the answer changes. */
async function most(from: number): Promise<number> {
  let [sustained, missed] = [0, Number.POSITIVE_INFINITY];
  for (let [viewers, factor] = [from, 2]; factor >= FINEST_STEP; ) {
    if (await isSustained(viewers)) sustained = Math.max(sustained, viewers);
    else missed = Math.min(missed, viewers);
    if (sustained > 0 && missed < Number.POSITIVE_INFINITY) factor = Math.sqrt(missed / sustained);
    viewers = Math.round(sustained > 0 ? sustained * factor : missed / factor);
    if (viewers < 100) break;
  }
  return sustained;
}

if (values.viewers !== undefined) process.exitCode = (await isSustained(Number(values.viewers))) ? 0 : 1;
else {
  const viewers = await most(PROMISED_VIEWERS);
  console.log(`\n${viewers} viewers are sustained, promised ${PROMISED_VIEWERS}`);
  process.exitCode = viewers >= PROMISED_VIEWERS ? 0 : 1;
}
