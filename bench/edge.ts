import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { LoadOrder, LoadResult } from "./edge/load.ts";
import { type Child, startChild } from "./measure/child.ts";
import { cpuSeconds } from "./measure/cpu-seconds.ts";
import { startStack } from "./stack/stack.ts";

/**
 * Beacon requests per second that the edge makes durable, beside a bare HTTP server that parses the same bodies and
 * forgets them: same machine, same sender, in turns. The promise is half of it.
 *
 *     node bench/edge.ts [--seconds 8] [--rounds 6] [--connections 64]
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    rounds: { type: "string", default: "6" },
    connections: { type: "string", default: "64" },
  },
});
const [seconds, rounds, connections] = [values.seconds, values.rounds, values.connections].map(Number) as [
  number,
  number,
  number,
];
const KEY = "benchedge00000000000000001";
const PROMISED_RATIO = 0.5;
const WARM_UP_SECONDS = 2;

interface Server {
  name: "bare" | "edge";
  port: number;
  pid: number;
}
interface Measured extends LoadResult {
  cpuMicros: number;
}

const stack = await startStack({ environmentKeys: [KEY], programs: ["edge"] });
const bare = await startChild(new URL("edge/bare-server.ts", import.meta.url));
const load = await startChild(new URL("edge/load.ts", import.meta.url), [KEY]);
try {
  const { requests, meanBytes } = load.first as { requests: number; meanBytes: number };
  console.log(`${requests} requests of ${meanBytes} bytes on average, ${connections} connections`);
  const servers: Server[] = [
    { name: "bare", port: (bare.first as { port: number }).port, pid: bare.child.pid },
    { name: "edge", port: stack.ports.collector, pid: stack.pid("edge") },
  ];
  const results = { bare: [] as Measured[], edge: [] as Measured[] };
  for (const server of servers) await measure(load.child, server, WARM_UP_SECONDS);
  for (let round = 1; round <= rounds; round += 1) {
    for (const server of servers) {
      const result = await measure(load.child, server, seconds);
      results[server.name].push(result);
      console.log(
        `  round ${round}, ${server.name}: ${perSecond([result])} requests/s, load ${loadavg()[0]?.toFixed(1)}`,
      );
    }
  }
  process.exitCode = report(results.bare, results.edge) ? 0 : 1;
} finally {
  await load.child.stop();
  await bare.child.stop();
  await stack.stop();
}

async function measure(sender: Child, { port, pid }: Server, durationSeconds: number): Promise<Measured> {
  const order: LoadOrder = { port, seconds: durationSeconds, connections };
  const before = cpuSeconds(pid);
  const result = (await sender.ask(order)) as LoadResult;
  if (result.refused > 0) throw new Error(`${result.refused} requests were not answered with 200`);
  return { ...result, cpuMicros: ((cpuSeconds(pid) - before) * 1e6) / result.requests };
}

function perSecond(results: readonly Measured[]): number {
  return Math.round(sum(results, "requests") / sum(results, "seconds"));
}

function report(bareResults: readonly Measured[], edgeResults: readonly Measured[]): boolean {
  console.log("\n| server | requests/s | lowest to highest round | p99 ms | CPU µs per request |");
  console.log("|---|---|---|---|---|");
  for (const [name, results] of Object.entries({ "bare node:http": bareResults, "edge, durable": edgeResults })) {
    const rates = results.map((result) => perSecond([result])).sort((a, b) => a - b);
    const p99Ms = Math.max(...results.map((result) => result.p99Ms)).toFixed(1);
    const cpu = Math.round(sum(results, "cpuMicros") / results.length);
    console.log(`| ${name} | ${perSecond(results)} | ${rates[0]} to ${rates.at(-1)} | ${p99Ms} | ${cpu} |`);
  }
  const ratio = perSecond(edgeResults) / perSecond(bareResults);
  console.log(`\nratio ${ratio.toFixed(2)}, promised ${PROMISED_RATIO} or more`);
  return ratio >= PROMISED_RATIO;
}

function sum(results: readonly Measured[], field: "requests" | "seconds" | "cpuMicros"): number {
  return results.reduce((total, result) => total + result[field], 0);
}
