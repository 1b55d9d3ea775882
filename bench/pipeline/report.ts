import type { Distribution } from "../measure/distribution.ts";
import type { PipelineResult } from "./pipeline-run.ts";
import { STAGES } from "./spent.ts";

const PROMISED_P99_MS = 3_000;

/** What the run did not keep; empty when this many viewers are sustained and the counts are true. */
export function misses({ latency, lostMarks, differences, truth }: PipelineResult): string[] {
  return [
    ...(latency.p99 < PROMISED_P99_MS ? [] : [`p99 is ${latency.p99.toFixed(0)} ms`]),
    ...(lostMarks.length === 0 ? [] : [`${lostMarks.length} marks lost`]),
    ...(truth.failed === 0 ? [] : [`${truth.failed} requests failed at first`]),
    ...differences,
  ];
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
