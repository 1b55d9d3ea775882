import { parseArgs } from "node:util";
import { type LatencyResult, runLatency } from "./latency/latency-run.ts";
import { latencyTable, misses } from "./latency/report.ts";

/**
 * How long a new viewer takes to a real browser's dashboard while hundreds of others watch:
 *
 *     npm run bench:latency -- [--viewers 500] [--seconds 120] [--json]
 */
const { values } = parseArgs({
  options: {
    viewers: { type: "string", default: "500" },
    seconds: { type: "string", default: "120" },
    json: { type: "boolean", default: false },
  },
});
const [viewers, seconds] = [Number(values.viewers), Number(values.seconds)];
if (!(viewers >= 1) || !(seconds > 20)) throw new Error("--viewers is 1 or more, --seconds more than the ramp's 20");

const say = (line: string) => (values.json ? console.error(line) : console.log(`  ${line}`)); // stdout is for the JSON
const result: LatencyResult = await runLatency({ viewers, seconds, onProgress: say });
const missed = misses(result);
if (values.json) console.log(JSON.stringify({ ...result, missed }));
else {
  console.log(
    `\n${missed.length === 0 ? "kept: p50 < 1 s, p99 < 3 s, no mark lost" : `missed: ${missed.join("; ")}`}\n`,
  );
  console.log(latencyTable(result));
}
process.exitCode = missed.length === 0 ? 0 : 1;
