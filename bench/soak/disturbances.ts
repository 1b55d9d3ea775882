import { setTimeout as sleep } from "node:timers/promises";

/** What is done to a process: it is killed and started again, or stands still for a while and goes on. */
export type DisturbanceKind = "kill" | "pause";

export interface Disturbance {
  kind: DisturbanceKind;
  victim: string;
}

export interface PlannedDisturbance extends Disturbance {
  /** After the beginning. */
  atMs: number;
}

/** How often what was done to whom. */
export interface Disturbed {
  kills: Map<string, number>;
  pauses: Map<string, number>;
}

export interface DisturbancePlan {
  killed: readonly string[];
  kills: number;
  /** None where nothing can be paused; the pauses come on top of the kills. */
  paused: readonly string[];
  pauses: number;
  spanMs: number;
}

/**
 * When which process is killed or paused: at random moments within the span, every process about equally often.
 *
 * @param random from 0 to 1
 */
export function planDisturbances(plan: DisturbancePlan, random: () => number): PlannedDisturbance[] {
  const kills = spread("kill", plan.killed, plan.kills, plan.spanMs, random);
  const pauses = plan.paused.length === 0 ? [] : spread("pause", plan.paused, plan.pauses, plan.spanMs, random);
  return [...kills, ...pauses].sort((a, b) => a.atMs - b.atMs);
}

function spread(
  kind: DisturbanceKind,
  victims: readonly string[],
  count: number,
  spanMs: number,
  random: () => number,
): PlannedDisturbance[] {
  const everyMs = spanMs / count;
  let bag: string[] = [];
  return Array.from({ length: count }, (_, at) => {
    if (bag.length === 0) bag = [...victims];
    const [victim = ""] = bag.splice(Math.floor(random() * bag.length), 1);
    return { kind, victim, atMs: (at + random()) * everyMs };
  });
}

/**
 * Carries the plan out, one disturbance at a time; one that comes due while a process is starting waits for it. Resolves
 * with what was really done.
 */
export async function disturbAtRandom(
  plan: readonly PlannedDisturbance[],
  disturb: (disturbance: Disturbance) => Promise<void>,
  say: (line: string) => void,
): Promise<Disturbed> {
  const beganMs = performance.now();
  const done: Disturbed = { kills: new Map(), pauses: new Map() };
  for (const [at, { atMs, kind, victim }] of plan.entries()) {
    await sleep(Math.max(0, beganMs + atMs - performance.now()));
    const disturbedMs = performance.now();
    await disturb({ kind, victim });
    const counts = kind === "kill" ? done.kills : done.pauses;
    counts.set(victim, (counts.get(victim) ?? 0) + 1);
    const tookMs = Math.round(performance.now() - disturbedMs);
    say(`${at + 1} of ${plan.length}: ${kind} ${victim}, ready again after ${tookMs} ms`);
  }
  return done;
}
