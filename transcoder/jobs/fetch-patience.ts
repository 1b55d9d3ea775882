import { setTimeout as sleep } from "node:timers/promises";

/** Failures in a row, after which a customer's URL is given up. */
export const MAX_FAILURES = 4;
const FIRST_WAIT_MS = 1_000;

/** Before it is tried again: longer each time, and never at the same moment as others. Rejects with the signal's reason. */
export async function waitAfterFailure(failures: number, signal: AbortSignal): Promise<void> {
  await sleep(FIRST_WAIT_MS * 2 ** (failures - 1) * (0.5 + Math.random() / 2), undefined, { signal });
}
