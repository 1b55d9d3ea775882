import type { Distribution } from "../measure/distribution.ts";
import type { PipelineResult } from "./pipeline-run.ts";
import { STAGES } from "./spent.ts";

const PROMISED_P99_MS = 3_000;
/** The generator's own delay: a viewer that waits for a connection sends later than a real one, and spares the edge. */
const MOST_LATENESS_MS = 1_000;
/**
 * Each viewer sends this often. Measured: 0.99 of that in the first minute, when no view begins or ends; by the recording's
 * lengths 1.1 later, since a view's beginning, end and repeated end are requests too. The counter is up to a second old.
 */
const BEACON_SECONDS = 10;
const LEAST_RATE_RATIO = 0.93;
const MOST_RATE_RATIO = 1.3;

/** What the run did not keep; empty when this many viewers are sustained and the counts are true. */
export function misses({ viewers, latency, lostMarks, differences, spent, truth }: PipelineResult): string[] {
  return [
    ...(latency.p99 < PROMISED_P99_MS ? [] : [`p99 is ${latency.p99.toFixed(0)} ms`]),
    ...(lostMarks.length === 0 ? [] : [`${lostMarks.length} marks lost`]),
    ...(truth.failed === 0 ? [] : [`${truth.failed} requests failed at first`]),
    ...(truth.latenessP99Ms < MOST_LATENESS_MS
      ? []
      : [`requests left p99 ${truth.latenessP99Ms.toFixed(0)} ms late: so many viewers did not really send`]),
    ...wrongRate(spent.requestsPerSecond, viewers / BEACON_SECONDS),
    ...differences,
  ];
}

function wrongRate(perSecond: number, nominal: number): string[] {
  const ratio = perSecond / nominal;
  if (ratio >= LEAST_RATE_RATIO && ratio <= MOST_RATE_RATIO) return [];
  return [`${perSecond.toFixed(0)} requests/s, a beacon each ${BEACON_SECONDS} s makes ${nominal.toFixed(0)}`];
}

export function pipelineTable(result: PipelineResult): string {
  const { spent, truth, latency, delay, viewers } = result;
  const eventsPerRequest = truth.events / truth.requests;
  return [
    `| milliseconds, ${viewers} viewers | p50 | p95 | p99 | max | count |`,
    "|---|---|---|---|---|---|",
    row("last byte to the message with the view", latency),
    row("`delay_ms` told in the messages", delay),
    "",
    "| stage | CPU µs per request | CPU µs per event | cores |",
    "|---|---|---|---|",
    ...STAGES.map((stage) => {
      const micros = spent.cpuMicrosPerRequest[stage];
      return `| ${stage} | ${micros.toFixed(0)} | ${(micros / eventsPerRequest).toFixed(0)} | ${spent.cores[stage].toFixed(2)} |`;
    }),
    "",
    `${spent.requestsPerSecond.toFixed(0)} requests/s over ${spent.seconds.toFixed(0)} s, load average ${spent.loadAverage.toFixed(1)}.`,
    `In all ${truth.views} views, ${truth.events} events in ${truth.requests} requests of ${Math.round(truth.bodyBytes / truth.requests)} bytes;`,
    `answers p99 ${truth.answerP99Ms.toFixed(0)} ms; requests left p99 ${truth.latenessP99Ms.toFixed(0)} ms late.`,
  ].join("\n");
}

function row(name: string, { p50, p95, p99, max, count }: Distribution): string {
  return `| ${name} | ${[p50, p95, p99, max].map((ms) => ms.toFixed(0)).join(" | ")} | ${count} |`;
}
