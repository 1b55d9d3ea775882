import { parseArgs } from "node:util";
import type { LoadOrder, LoadResult } from "./collector/load.ts";
import { startChild } from "./measure/child.ts";
import { cpuSeconds } from "./measure/cpu-seconds.ts";
import { distributionOf } from "./measure/distribution.ts";
import { startStack } from "./stack/stack.ts";

/**
 * How long good senders wait, with and without one network that sends 1,000 bad requests a second: rounds in turns, same
 * machine. One kind of bad after the other: cut-off bodies of the usual size, and gzip that unpacks to 4 MiB.
 *
 *     node bench/hostile-sender.ts [--seconds 8] [--rounds 5] [--bad 1000] [--connections 4]
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    rounds: { type: "string", default: "5" },
    bad: { type: "string", default: "1000" },
    connections: { type: "string", default: "4" },
  },
});
const [seconds, rounds, badPerSecond, connections] = [
  values.seconds,
  values.rounds,
  values.bad,
  values.connections,
].map(Number) as [number, number, number, number];
const KEY = "benchhostile00000000000001";
/** What quiet rounds differ among themselves is noise, and this much always. */
const NOISE_MS = 5;

const BAD_KINDS = ["cut_off", "bombs"] as const;
type Situation = "quiet" | (typeof BAD_KINDS)[number];

const stack = await startStack({ environmentKeys: [KEY], programs: ["edge"] });
const good = await startChild(new URL("collector/load.ts", import.meta.url), [KEY]);
const bad = await startChild(new URL("collector/bad-load.ts", import.meta.url), [KEY]);
try {
  const port = stack.ports.collector;
  const results = new Map<Situation, { p99Ms: number; perSecond: number; cpuShare: number }[]>();
  await good.child.ask({ port, seconds: 2, connections } satisfies LoadOrder);
  for (let round = 1; round <= rounds; round += 1) {
    for (const situation of ["quiet", ...BAD_KINDS] as const) {
      const cpuBefore = cpuSeconds(stack.pid("edge"));
      const flood =
        situation === "quiet" ? null : bad.child.ask({ port, seconds, perSecond: badPerSecond, kind: situation });
      const result = (await good.child.ask({
        port,
        seconds,
        connections,
        perSecond: 200,
      } satisfies LoadOrder)) as LoadResult;
      const sent = (await flood) as { sent: number } | null;
      if (result.refused > 0) throw new Error(`${result.refused} good requests were not answered with 200`);
      const cpuShare = (cpuSeconds(stack.pid("edge")) - cpuBefore) / result.seconds;
      const measured = { p99Ms: result.p99Ms, perSecond: result.requests / result.seconds, cpuShare };
      results.set(situation, [...(results.get(situation) ?? []), measured]);
      const badText = sent === null ? "" : `, ${Math.round(sent.sent / seconds)} bad/s`;
      console.log(
        `  round ${round}, ${situation}: p99 ${result.p99Ms.toFixed(1)} ms, ${cpuShare.toFixed(2)} cores${badText}`,
      );
    }
  }
  process.exitCode = report(results) ? 0 : 1;
} finally {
  await good.child.stop();
  await bad.child.stop();
  await stack.stop();
}

function report(
  results: ReadonlyMap<Situation, readonly { p99Ms: number; perSecond: number; cpuShare: number }[]>,
): boolean {
  const medianOf = (situation: Situation, field: "p99Ms" | "perSecond" | "cpuShare") =>
    distributionOf((results.get(situation) ?? []).map((result) => result[field])).p50;
  console.log("\n| meanwhile | good requests/s | their p99 ms, median of rounds | cores of the edge |");
  console.log("|---|---|---|---|");
  for (const situation of results.keys()) {
    const [perSecond, p99Ms, cpu] = [
      medianOf(situation, "perSecond"),
      medianOf(situation, "p99Ms"),
      medianOf(situation, "cpuShare"),
    ];
    console.log(`| ${situation} | ${Math.round(perSecond)} | ${p99Ms.toFixed(1)} | ${cpu.toFixed(2)} |`);
  }
  const quietMs = (results.get("quiet") ?? []).map(({ p99Ms }) => p99Ms);
  const noiseMs = Math.max(medianOf("quiet", "p99Ms") + NOISE_MS, ...quietMs);
  const isSlow = (kind: Situation) => medianOf(kind, "p99Ms") > noiseMs;
  const slow = BAD_KINDS.filter(isSlow);
  console.log(`\nquiet rounds: ${quietMs.map((p99Ms) => p99Ms.toFixed(1)).join(", ")} ms`);
  console.log(slow.length === 0 ? "within what quiet rounds differ" : `slowed by ${slow.join(", ")}`);
  return slow.length === 0;
}
