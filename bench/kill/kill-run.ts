import { setTimeout as sleep } from "node:timers/promises";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { internalPort } from "../../domain/ports.ts";
import { runSimulation } from "../../scripts/simulate/run.ts";
import { startStack } from "../stack/stack.ts";
import { type Comparison, compareWithTruth } from "./compare.ts";
import { makeTablesPlain } from "./plain-tables.ts";

export const VICTIMS = ["edge", "views", "clickhouse"] as const;

export interface KillRun {
  viewers: number;
  durationMs: number;
  /** How often each victim is killed with -9, evenly over the simulation and in turn. */
  killsEach: number;
  /** Without replacing keys, to see that the comparison can fail. */
  plainTables?: boolean;
  seed?: number;
  onProgress?: (line: string) => void;
}

const KEY = "killrun0000000000000000001";
const CAUGHT_UP_MS = 60_000;

export interface KillResult extends Comparison {
  requests: number;
  failedRequests: number;
  kills: number;
}

/** Kills the collector's processes and the store during a simulation, then compares the store with the truth. */
export async function runKills(run: KillRun): Promise<KillResult> {
  const stack = await startStack({
    environmentKeys: [KEY],
    ...(run.plainTables === true ? { prepare: makeTablesPlain } : {}),
  });
  const say = run.onProgress ?? (() => undefined);
  try {
    const stop = new AbortController();
    const killing = killInTurn(run, stack.restart, stop.signal, say);
    const simulated = await runSimulation({
      collector: stack.collector,
      envKey: KEY,
      options: { viewers: run.viewers, durationMs: run.durationMs, rampMs: run.durationMs / 6, seed: run.seed ?? 1 },
      onProgress: (progress) =>
        say(
          `${Math.round(progress.elapsedMs / 1_000)} s, ${progress.watching} watching, ${progress.requests} requests`,
        ),
      progressEveryMs: 5_000,
    });
    stop.abort();
    const kills = await killing;
    await caughtUp(internalPort(stack.ports.socket), Date.now());
    const comparison = await compareWithTruth(
      stack.clickhouse,
      1 as EnvironmentId,
      simulated.truth,
      run.plainTables !== true,
    );
    return { ...comparison, requests: simulated.requests, failedRequests: simulated.failed, kills };
  } finally {
    await stack.stop();
  }
}

async function killInTurn(
  { killsEach, durationMs }: KillRun,
  restart: (victim: (typeof VICTIMS)[number], signal: "SIGKILL") => Promise<unknown>,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<number> {
  const everyMs = durationMs / (killsEach * VICTIMS.length + 1);
  const beganMs = performance.now();
  let kills = 0;
  for (let round = 0; round < killsEach; round += 1) {
    for (const victim of VICTIMS) {
      const dueMs = beganMs + (kills + 1) * everyMs; // by the clock: restarts take time, and all kills must fit
      await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return kills;
      const startedMs = performance.now();
      await restart(victim, "SIGKILL");
      kills += 1;
      say(`killed ${victim}, ready again after ${Math.round(performance.now() - startedMs)} ms`);
    }
  }
  return kills;
}

/** Waits until everything that arrived before `momentMs` is stored, by the program's own metric. */
async function caughtUp(port: number, momentMs: number): Promise<void> {
  const deadlineMs = Date.now() + CAUGHT_UP_MS;
  while (Date.now() < deadlineMs) {
    const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text());
    const delay = /^playhead_realtime_delay_seconds\S* (\S+)$/m.exec(text)?.[1];
    if (delay !== undefined && Date.now() - Number(delay) * 1_000 > momentMs) return;
    await sleep(200);
  }
  throw new Error(`the store did not catch up within ${CAUGHT_UP_MS} ms`);
}
