import { loadavg } from "node:os";
import { cpuSeconds } from "../measure/cpu-seconds.ts";
import type { Stack } from "../stack/stack.ts";

export const STAGES = ["edge", "views", "clickhouse", "generator", "bench"] as const;
export type Stage = (typeof STAGES)[number];

/** What had been used up to a moment. */
export interface Usage {
  atMs: number;
  requests: number;
  cpuSeconds: Record<Stage, number>;
}

/** Between two moments. */
export interface Spent {
  seconds: number;
  requestsPerSecond: number;
  cpuMicrosPerRequest: Record<Stage, number>;
  cores: Record<Stage, number>;
  loadAverage: number;
}

export function usage(stack: Stack, generatorPid: number, requests: number): Usage {
  const pids: Record<Stage, number> = {
    edge: stack.pid("edge"),
    views: stack.pid("views"),
    clickhouse: stack.pid("clickhouse"),
    generator: generatorPid,
    bench: process.pid,
  };
  const seconds = STAGES.map((stage) => [stage, cpuSeconds(pids[stage])] as const);
  return { atMs: performance.now(), requests, cpuSeconds: Object.fromEntries(seconds) as Usage["cpuSeconds"] };
}

export function spentBetween(from: Usage, to: Usage): Spent {
  const [seconds, requests] = [(to.atMs - from.atMs) / 1_000, to.requests - from.requests];
  const each = (share: (used: number) => number) =>
    Object.fromEntries(
      STAGES.map((stage) => [stage, share(to.cpuSeconds[stage] - from.cpuSeconds[stage])]),
    ) as Spent["cores"];
  return {
    seconds,
    requestsPerSecond: requests / seconds,
    cpuMicrosPerRequest: each((used) => (used * 1e6) / requests),
    cores: each((used) => used / seconds),
    loadAverage: loadavg()[0] ?? Number.NaN,
  };
}
