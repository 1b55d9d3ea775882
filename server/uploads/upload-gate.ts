import { ApiError } from "../../domain/errors.ts";

/** Bodies that are taken at once, a megabyte of memory each where the disk is slower than they; more are asked to come again. */
const MAX_AT_ONCE = 500;
/** Of those, to one URL: who has it cannot keep all others out. Browsers open six connections to a host. */
const MAX_OF_ONE_URL = 16;
const BUSY_RETRY_SECONDS = 2;
const STOPPING_RETRY_SECONDS = 1;

/** Counts the uploads that are being received, and ends them politely when the program stops. */
export class UploadGate {
  readonly #stop = new AbortController();
  readonly #leaving = new Set<Promise<unknown>>();
  readonly #byUrl = new Map<string, number>();

  /** Aborted when the program stops: what came is made durable, and the client is asked to come again. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Runs `receive`, or rejects with 503 when there are too many, at all or to this URL, or the program stops. */
  async run<T>(urlToken: string, receive: () => Promise<T>): Promise<T> {
    if (this.#stop.signal.aborted) throw stoppingError();
    const others = this.#byUrl.get(urlToken) ?? 0;
    if (this.#leaving.size >= MAX_AT_ONCE || others >= MAX_OF_ONE_URL)
      throw new ApiError("unavailable", ["Too many uploads at once"], { retryAfterSeconds: BUSY_RETRY_SECONDS });
    const receiving = receive();
    const left = receiving.catch(() => {});
    this.#leaving.add(left);
    this.#byUrl.set(urlToken, others + 1);
    try {
      return await receiving;
    } finally {
      this.#leaving.delete(left);
      const rest = (this.#byUrl.get(urlToken) ?? 0) - 1;
      if (rest > 0) this.#byUrl.set(urlToken, rest);
      else this.#byUrl.delete(urlToken);
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
