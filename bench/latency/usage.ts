import { internalPort } from "../../domain/ports.ts";
import { cpuSeconds } from "../measure/cpu-seconds.ts";
import type { Stack } from "../stack/stack.ts";

export const PROGRAMS = ["edge", "views", "clickhouse"] as const;

/** What had been used up to a moment. */
export interface Usage {
  atMs: number;
  /** Requests sent to the collector. */
  beacons: number;
  cpuSeconds: Record<(typeof PROGRAMS)[number], number>;
  /** Refreshes of one picture, and the seconds they took together. */
  refreshes: { count: number; seconds: number };
}

export interface Spent {
  beacons: number;
  beaconsPerSecond: number;
  cpuSecondsPer1000Beacons: Record<(typeof PROGRAMS)[number], number>;
  /** Mean time that the queries of one picture took. */
  queryMs: number;
}

export async function usage(stack: Stack, beacons: number): Promise<Usage> {
  const answer = await fetch(`http://127.0.0.1:${internalPort(stack.ports.socket)}/metrics`);
  const text = await answer.text();
  const metric = (name: string) =>
    Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  const seconds = PROGRAMS.map((program) => [program, cpuSeconds(stack.pid(program))] as const);
  return {
    atMs: performance.now(),
    beacons,
    cpuSeconds: Object.fromEntries(seconds) as Usage["cpuSeconds"],
    refreshes: {
      count: metric("playhead_realtime_refresh_seconds_count"),
      seconds: metric("playhead_realtime_refresh_seconds_sum"),
    },
  };
}

export function spentBetween(from: Usage, to: Usage): Spent {
  const beacons = to.beacons - from.beacons;
  const perThousand = PROGRAMS.map(
    (program) => [program, ((to.cpuSeconds[program] - from.cpuSeconds[program]) * 1_000) / beacons] as const,
  );
  const refreshes = to.refreshes.count - from.refreshes.count;
  return {
    beacons,
    beaconsPerSecond: (beacons * 1_000) / (to.atMs - from.atMs),
    cpuSecondsPer1000Beacons: Object.fromEntries(perThousand) as Spent["cpuSecondsPer1000Beacons"],
    queryMs: ((to.refreshes.seconds - from.refreshes.seconds) * 1_000) / refreshes,
  };
}
