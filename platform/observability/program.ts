import type { Logger } from "./logger.ts";

/** How long a program may take to stop before it ends itself; `npm start` promises 10 s for all of them together. */
const STOP_DEADLINE_MS = 8_000;

interface Closable {
  name: string;
  close: () => Promise<void> | void;
}

/**
 * The life of a program: what `main.ts` builds is registered here and closed in reverse order, once, on SIGTERM, SIGINT,
 * when the supervisor goes away (its end of standard input closes), or when a part reports that it cannot go on.
 */
export class Program {
  readonly #log: Logger;
  readonly #closables: Closable[] = [];
  #stopping: Promise<void> | null = null;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Registers the counterpart of something just built. */
  onStop(name: string, close: () => Promise<void> | void): void {
    this.#closables.push({ name, close });
  }

  /** Listens for the reasons to stop. With `PLAYHEAD_SUPERVISED` the supervisor holds our standard input open. */
  watchSignals(options: { supervised: boolean }): void {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => void this.stop(signal, 0));
    }
    if (options.supervised) {
      process.stdin.on("end", () => void this.stop("supervisor gone", 0));
      process.stdin.on("error", () => void this.stop("supervisor gone", 0));
      process.stdin.resume();
    }
    process.on("uncaughtException", (error) => void this.fail(error));
    process.on("unhandledRejection", (error) => void this.fail(error));
  }

  /** Something broke that the program cannot live without: stop, and let the supervisor start it anew. */
  fail(error: unknown): Promise<void> {
    this.#log.fatal({ err: error }, "program failed");
    return this.stop("failure", 1);
  }

  stop(reason: string, exitCode: number): Promise<void> {
    this.#stopping ??= this.#stop(reason, exitCode);
    return this.#stopping;
  }

  async #stop(reason: string, exitCode: number): Promise<void> {
    this.#log.info({ reason }, "stopping");
    const deadline = setTimeout(() => {
      this.#log.error({}, "did not stop in time");
      process.exit(1);
    }, STOP_DEADLINE_MS);
    deadline.unref();
    for (const { name, close } of this.#closables.reverse()) {
      try {
        await close();
      } catch (error) {
        this.#log.error({ err: error, name }, "closing failed");
      }
    }
    this.#log.info({}, "stopped");
    process.exit(exitCode);
  }
}
