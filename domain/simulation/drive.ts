import type { Simulation } from "./simulation.ts";
import type { SendAction } from "./transport.ts";

/** What a collector said to a request, and how long it took; `accepted` stands for any 2xx. */
export interface Answer {
  accepted: boolean;
  afterMs: number;
}

/**
 * Lives a whole simulation without a clock: from event to event, answers in their order. For tests and for data made
 * ahead; the same simulation and answers give the same requests.
 *
 * @param maxSteps stops a simulation whose collector never accepts, whose viewers would go on for ever
 * @returns true time when it was over, or when the steps were used up
 */
export function driveSimulation(
  simulation: Simulation,
  answer: (action: SendAction) => Answer,
  maxSteps = 1_000_000,
): number {
  const awaited: { atMs: number; action: SendAction; accepted: boolean }[] = [];
  let nowMs = 0;
  for (let step = 0; step < maxSteps; step += 1) {
    const next = awaited[0];
    const actionAtMs = simulation.nextActionAt();
    if (next === undefined && actionAtMs === Number.POSITIVE_INFINITY) return nowMs;
    if (next !== undefined && next.atMs <= actionAtMs) {
      nowMs = Math.max(nowMs, next.atMs);
      awaited.shift();
      if (next.accepted) simulation.acknowledge(next.action, nowMs);
      else simulation.fail(next.action, nowMs);
      continue;
    }
    nowMs = Math.max(nowMs, actionAtMs);
    for (const action of simulation.advance(nowMs)) {
      const { accepted, afterMs } = answer(action);
      awaited.push({ atMs: nowMs + afterMs, action, accepted });
    }
    awaited.sort((one, other) => one.atMs - other.atMs);
  }
  return nowMs;
}
