export interface DeletionWatch {
  /** Aborted once it is gone. */
  signal: AbortSignal;
  stop: () => void;
}

/** How often a running step looks whether what it works for was deleted. */
const LOOK_EVERY_MS = 2_000;

/** Looks again and again whether what a job works for is still wanted. Without Postgres the work goes on. */
export function watchDeletion(isGone: () => Promise<boolean>, what: string, everyMs = LOOK_EVERY_MS): DeletionWatch {
  const deleted = new AbortController();
  const look = async (): Promise<void> => {
    if (await isGone()) deleted.abort(new Error(`the ${what} was deleted`));
  };
  const timer = setInterval(() => look().catch(() => {}), everyMs);
  return { signal: deleted.signal, stop: () => clearInterval(timer) };
}
