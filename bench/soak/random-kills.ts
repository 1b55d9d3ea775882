import { setTimeout as sleep } from "node:timers/promises";

export interface PlannedKill {
  /** After the beginning. */
  atMs: number;
  victim: string;
}

/**
 * When which process is killed: at random moments within the span, every process about equally often.
 *
 * @param random from 0 to 1
 */
export function planKills(
  victims: readonly string[],
  kills: number,
  spanMs: number,
  random: () => number,
): PlannedKill[] {
  const everyMs = spanMs / kills;
  let bag: string[] = [];
  return Array.from({ length: kills }, (_, at) => {
    if (bag.length === 0) bag = [...victims];
    const [victim = ""] = bag.splice(Math.floor(random() * bag.length), 1);
    return { atMs: (at + random()) * everyMs, victim };
  });
}

/** Carries the plan out, one kill at a time; one that comes due while a process is starting waits for it. */
export async function killAtRandom(
  plan: readonly PlannedKill[],
  restart: (victim: string) => Promise<void>,
  say: (line: string) => void,
): Promise<void> {
  const beganMs = performance.now();
  for (const [at, { atMs, victim }] of plan.entries()) {
    await sleep(Math.max(0, beganMs + atMs - performance.now()));
    const killedMs = performance.now();
    await restart(victim);
    const tookMs = Math.round(performance.now() - killedMs);
    say(`kill ${at + 1} of ${plan.length}: ${victim}, ready again after ${tookMs} ms`);
  }
}
