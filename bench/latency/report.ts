import type { Distribution } from "../measure/distribution.ts";
import type { LatencyResult } from "./latency-run.ts";
import { PROGRAMS } from "./usage.ts";

const PROMISED_P50_MS = 1_000;
const PROMISED_P99_MS = 3_000;
/** Of the client that is compared: it asks this often. */
const POLL_MS = 5_000;

/** What the run did not keep of what is promised; empty when all is well. */
export function misses({ latency, lost, trouble, failedRequests }: LatencyResult): string[] {
  return [
    ...(latency.p50 < PROMISED_P50_MS ? [] : [`p50 is ${latency.p50.toFixed(0)} ms`]),
    ...(latency.p99 < PROMISED_P99_MS ? [] : [`p99 is ${latency.p99.toFixed(0)} ms`]),
    ...(lost.length === 0 ? [] : [`${lost.length} marks lost (${lost.slice(0, 5).join(", ")})`]),
    ...(failedRequests === 0 ? [] : [`${failedRequests} requests failed`]),
    ...trouble.map((text) => `the page said ${text}`),
  ];
}

export function latencyTable(result: LatencyResult): string {
  const { latency, dashboard, floor, delay, queryMs, loadAverage } = result;
  const rows = [
    row("last byte to the message with the view", latency),
    row("last byte to the unfiltered message that counts it", dashboard),
    row("floor: parser and Socket.IO alone", floor),
    row("polling every 5 s, computed¹", polling(latency.count, queryMs)),
    row("`delay_ms` told in the messages", delay),
  ];
  const cpu = (factor: number) =>
    PROGRAMS.map((program) => `${program} ${(result.cpuSecondsPer1000Beacons[program] * factor).toFixed(2)}`).join(
      ", ",
    );
  const offsets = result.clockOffsetMs.map((offset) => offset.toFixed(2)).join(" and ");
  return [
    `¹ A poll's mean wait of 2.5 s and the ${queryMs.toFixed(0)} ms that the queries of one picture took here; the way into`,
    "  the store, which pollers wait for as well, is left out.",
    "",
    `| milliseconds, ${result.viewers} viewers | p50 | p95 | p99 | max | count |`,
    "|---|---|---|---|---|---|",
    ...rows,
    `| marks lost | ${result.lost.length} of ${result.marks} | | | | |`,
    `| CPU seconds per 1,000 beacons | ${cpu(1)} | | | | ${result.beacons} |`,
    `| cores in use at ${result.beaconsPerSecond.toFixed(0)} beacons/s | ${cpu(result.beaconsPerSecond / 1_000)} | | | | |`,
    `| page's clock minus sender's, before and after | ${offsets} (±${result.clockWithinMs.toFixed(2)}) | | | | |`,
    `| load average, browser | ${loadAverage.toFixed(1)}, Chromium ${result.browser} | | | | |`,
  ].join("\n");
}

function row(name: string, { p50, p95, p99, max, count }: Distribution): string {
  return `| ${name} | ${[p50, p95, p99, max].map((ms) => ms.toFixed(ms < 10 ? 1 : 0)).join(" | ")} | ${count} |`;
}

/** Somebody who asks at fixed times waits anything from nothing to a whole interval, evenly. */
function polling(count: number, queryMs: number): Distribution {
  const at = (ratio: number) => ratio * POLL_MS + queryMs;
  return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
