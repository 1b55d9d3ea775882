import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { LoadOrder, LoadResult } from "./collector/load.ts";
import { startNginx } from "./collector/nginx.ts";
import { type Child, startChild } from "./measure/child.ts";
import { cpuSeconds } from "./measure/cpu-seconds.ts";
import { distributionOf } from "./measure/distribution.ts";
import { fileSystemOf } from "./measure/file-system.ts";
import { startStack } from "./stack/stack.ts";

/**
 * Beacon requests per second that the edge makes durable, beside a bare HTTP server that parses the same bodies and
 * forgets them, and nginx, which only reads them: same machine, same sender, in turns. The promise is half of the bare one.
 *
 *     npm run bench:collector [-- --seconds 8 --rounds 6 --connections 64 --directory DIR]
 *
 * The event log lies in a folder of its own below DIR, by default that for temporary files. On a disk of memory nothing is
 * durable and fdatasync costs nothing: the row says so, and the promise is not kept.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    rounds: { type: "string", default: "6" },
    connections: { type: "string", default: "64" },
    directory: { type: "string", default: tmpdir() },
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
  name: string;
  port: number;
  pid: number;
}
interface Measured extends LoadResult {
  perSecond: number;
  cpuMicros: number;
}

const eventlogDir = await mkdtemp(join(values.directory, "playhead-edge-"));
const disk = await fileSystemOf(eventlogDir);
const stack = await startStack({ environmentKeys: [KEY], programs: ["edge"], eventlogDir });
const bare = await startChild(new URL("collector/bare-server.ts", import.meta.url));
const load = await startChild(new URL("collector/load.ts", import.meta.url), [KEY]);
const nginx = await startNginx();
try {
  const { requests, meanBytes } = load.first as { requests: number; meanBytes: number };
  console.log(`${requests} requests of ${meanBytes} bytes on average, ${connections} connections`);
  const bareServer = {
    name: "bare node:http, parses",
    port: (bare.first as { port: number }).port,
    pid: bare.child.pid,
  };
  const how = disk.isDurable ? `durable on ${disk.name}` : `NOT durable, log in memory (${disk.name})`;
  const edge = { name: `edge, ${how}`, port: stack.ports.collector, pid: stack.pid("edge") };
  const peer = nginx === null ? [] : [{ name: `nginx, ${nginx.how}`, port: nginx.port, pid: nginx.pid }];
  if (nginx === null) console.log("nginx is not installed, it is left out (apt-get install nginx-light)");
  const isFast = report(await measureAll([bareServer, edge, ...peer]), bareServer.name, edge.name);
  if (!disk.isDurable)
    console.log(`✗ ${eventlogDir} is in memory: nothing was durable, name a folder on a disk (--directory)`);
  process.exitCode = isFast && disk.isDurable ? 0 : 1;
} finally {
  await nginx?.stop();
  await load.child.stop();
  await bare.child.stop();
  await stack.stop();
  await rm(eventlogDir, { recursive: true, force: true });
}

async function measureAll(servers: readonly Server[]): Promise<Map<string, Measured[]>> {
  const results = new Map(servers.map(({ name }) => [name, [] as Measured[]]));
  for (const server of servers) await measure(load.child, server, WARM_UP_SECONDS);
  for (let round = 1; round <= rounds; round += 1) {
    for (const server of servers) {
      const result = await measure(load.child, server, seconds);
      results.get(server.name)?.push(result);
      const load1 = loadavg()[0]?.toFixed(1);
      console.log(`  round ${round}, ${server.name}: ${Math.round(result.perSecond)} requests/s, load ${load1}`);
    }
  }
  return results;
}

async function measure(sender: Child, { port, pid }: Server, durationSeconds: number): Promise<Measured> {
  const order: LoadOrder = { port, seconds: durationSeconds, connections };
  const before = cpuSeconds(pid);
  const result = (await sender.ask(order)) as LoadResult;
  if (result.refused > 0) throw new Error(`${result.refused} requests were not answered with 200`);
  const cpuMicros = ((cpuSeconds(pid) - before) * 1e6) / result.requests;
  return { ...result, perSecond: result.requests / result.seconds, cpuMicros };
}

function report(results: ReadonlyMap<string, readonly Measured[]>, bareName: string, edgeName: string): boolean {
  console.log("\n| server | requests/s | lowest to highest round | p99 ms | CPU µs per request | of bare |");
  console.log("|---|---|---|---|---|---|");
  const medianOf = (name: string, field: "perSecond" | "p99Ms" | "cpuMicros") =>
    distributionOf((results.get(name) ?? []).map((result) => result[field])).p50;
  for (const [name, measured] of results) {
    const rates = measured.map(({ perSecond }) => Math.round(perSecond)).sort((a, b) => a - b);
    const [rate, p99Ms, cpu] = [medianOf(name, "perSecond"), medianOf(name, "p99Ms"), medianOf(name, "cpuMicros")];
    const ofBare = (rate / medianOf(bareName, "perSecond")).toFixed(2);
    const range = `${rates[0]} to ${rates.at(-1)}`;
    console.log(`| ${name} | ${Math.round(rate)} | ${range} | ${p99Ms.toFixed(1)} | ${Math.round(cpu)} | ${ofBare} |`);
  }
  const ratio = medianOf(edgeName, "perSecond") / medianOf(bareName, "perSecond");
  console.log(`\nmedians of ${rounds} rounds; edge ${ratio.toFixed(2)} of bare, promised ${PROMISED_RATIO} or more`);
  return ratio >= PROMISED_RATIO;
}
