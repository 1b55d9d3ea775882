import type pino from "pino";

/** How long stopping may take before the process ends itself; `npm start` promises 10 s for all programs together. */
const DEADLINE_MS = 8_000;

/** Runs the closers in reverse order, once, on the first reason to stop: a signal, or the supervisor going away. */
export function stopOnSignals(
  log: pino.Logger,
  supervised: boolean,
  closers: readonly (() => Promise<void>)[],
): (error?: unknown) => void {
  let stopping = false;
  const stop = async (reason: string, exitCode: number) => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, "stopping");
    setTimeout(() => process.exit(1), DEADLINE_MS).unref();
    for (const close of closers.toReversed()) {
      await close().catch((error: unknown) => log.error({ err: error }, "closing failed"));
    }
    log.info({}, "stopped");
    process.exit(exitCode);
  };
  const fail = (error: unknown) => {
    log.fatal({ err: error }, "program failed");
    void stop("failure", 1);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal, 0));
  if (supervised) {
    process.stdin.on("end", () => void stop("supervisor gone", 0));
    process.stdin.on("error", () => void stop("supervisor gone", 0));
    process.stdin.resume();
  }
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  return fail;
}
