/** Something to be stopped within a time, after which it is killed. */
export interface Stoppable {
  stop(graceMs: number): Promise<void>;
}

/**
 * Until when, counted from the begin of the stop, each stage may take; a stage that is done earlier leaves its time to
 * the next ones. All together stay below the 10 s that `npm start` promises.
 */
const STAGE_ENDS_MS = [6_000, 8_000, 9_300];

/**
 * Stops stage after stage: first what takes requests, last what it writes to. Everything may be killed at any time
 * without losing what was acknowledged; the grace is for requests in flight.
 */
export async function stopInStages(stages: readonly (readonly Stoppable[])[], hurry: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  const everything = stages.flat();
  const kill = (): void => {
    for (const one of everything) void one.stop(0);
  };
  hurry.addEventListener("abort", kill);
  for (const [index, stage] of stages.entries()) {
    const endMs = STAGE_ENDS_MS[Math.min(index, STAGE_ENDS_MS.length - 1)] ?? 0;
    const graceMs = hurry.aborted ? 0 : Math.max(endMs - (performance.now() - startedMs), 200);
    await Promise.all(stage.map((one) => one.stop(graceMs)));
  }
  hurry.removeEventListener("abort", kill);
}
