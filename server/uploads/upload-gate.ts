import { ApiError } from "../../domain/errors.ts";

/** Bodies that are taken at once, some 100 KiB of memory each; more are asked to come again. */
const MAX_AT_ONCE = 500;
const BUSY_RETRY_SECONDS = 2;
const STOPPING_RETRY_SECONDS = 1;

/** Counts the uploads that are being received, and ends them politely when the program stops. */
export class UploadGate {
  readonly #stop = new AbortController();
  readonly #leaving = new Set<Promise<unknown>>();

  /** Aborted when the program stops: what came is made durable, and the client is asked to come again. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Runs `receive`, or rejects with 503 when there are too many or the program stops. */
  async run<T>(receive: () => Promise<T>): Promise<T> {
    if (this.#stop.signal.aborted) throw stoppingError();
    if (this.#leaving.size >= MAX_AT_ONCE)
      throw new ApiError("unavailable", ["Too many uploads at once"], { retryAfterSeconds: BUSY_RETRY_SECONDS });
    const receiving = receive();
    const left = receiving.catch(() => {});
    this.#leaving.add(left);
    try {
      return await receiving;
    } finally {
      this.#leaving.delete(left);
    }
  }

  /** Resolves when all have been answered, at most after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([Promise.all(this.#leaving), late]);
    clearTimeout(timer);
  }
}

export function stoppingError(): ApiError {
  const options = { retryAfterSeconds: STOPPING_RETRY_SECONDS };
  return new ApiError("unavailable", ["The server restarts; what had arrived is kept"], options);
}
