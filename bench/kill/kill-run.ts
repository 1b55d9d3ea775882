import { setTimeout as sleep } from "node:timers/promises";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { internalPort } from "../../domain/ports.ts";
import { runSimulation } from "../../scripts/simulate/run.ts";
import { readProgress } from "../measure/fold-progress.ts";
import { untilCaughtUp } from "../stack/caught-up.ts";
import { startStack } from "../stack/stack.ts";
import { type Comparison, compareWithTruth } from "./compare.ts";
import { complaintsOfComparison } from "./complaints.ts";
import { countFoldedRows, type FoldedRows } from "./folded-rows.ts";
import { makeTablesPlain } from "./plain-tables.ts";

export const VICTIMS = ["edge", "views", "clickhouse", "postgres"] as const;

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

export interface KillResult extends Comparison {
  requests: number;
  failedRequests: number;
  kills: number;
  rows: FoldedRows;
  /** In sentences; none when nothing is wrong. */
  complaints: string[];
}

/** Kills the collector's processes and the databases during a simulation, then compares the store with the truth. */
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
    await untilCaughtUp(stack, Date.now());
    const keyed = run.plainTables !== true;
    const comparison = await compareWithTruth(stack.clickhouse, 1 as EnvironmentId, simulated.truth, keyed);
    const { outcomes } = await readProgress([internalPort(stack.ports.socket)]);
    const rows = await countFoldedRows(stack.clickhouse, outcomes.folded, keyed);
    const complaints = complaintsOfComparison(comparison, rows);
    return { ...comparison, requests: simulated.requests, failedRequests: simulated.failed, kills, rows, complaints };
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
