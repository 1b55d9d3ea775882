import type { FfmpegRun } from "../ffmpeg.ts";
import type { Decoder } from "./decode-picture.ts";

interface Standby {
  key: string;
  feed: (bytes: Uint8Array) => void;
  output: Promise<Uint8Array>;
  abort: AbortController;
  expiry: NodeJS.Timeout;
}

/** So long an ffmpeg waits for its input; about 20 MB each. */
const PATIENCE_MS = 15_000;

/**
 * Keeps ffmpeg started and waiting for its input: starting takes 50 ms of processor time, three quarters of what a small picture
 * of a lower rendition takes. One is started when the same arguments came twice in a row, as they do for a page of thumbnails;
 * each decodes one picture and ends, so nothing of a tenant's media is left to the next.
 */
export class StandbyDecoders implements Decoder {
  readonly #tools: Decoder;
  readonly #most: number;
  readonly #patienceMs: number;
  readonly #waiting: Standby[] = [];
  #lastKey = "";
  #isClosed = false;

  /** @param most that wait at the same time */
  constructor(tools: Decoder, most: number, patienceMs = PATIENCE_MS) {
    this.#tools = tools;
    this.#most = most;
    this.#patienceMs = patienceMs;
  }

  async run(run: FfmpegRun): Promise<Uint8Array> {
    const { stdin, placed } = run;
    // what is placed is one asset's: no other may meet it
    if (!(stdin instanceof Uint8Array) || placed !== undefined) return this.#tools.run(run);
    const key = JSON.stringify([run.args, run.maxOutputBytes, run.timeoutMs]);
    const isUsual = key === this.#lastKey;
    this.#lastKey = key;
    try {
      return await this.#decode(key, run, stdin);
    } finally {
      if (isUsual && !this.#isClosed && run.signal?.aborted !== true) this.#start(key, run);
    }
  }

  async #decode(key: string, run: FfmpegRun, stdin: Uint8Array): Promise<Uint8Array> {
    const standby = this.#take(key);
    if (standby === null) return this.#tools.run(run);
    try {
      return await this.#feed(standby, run, stdin);
    } catch (error) {
      if (run.signal?.aborted === true) throw error;
      return this.#tools.run(run); // it may have died while it waited
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const standby of [...this.#waiting]) this.#dismiss(standby);
  }

  #take(key: string): Standby | null {
    const standby = this.#waiting.find((one) => one.key === key);
    if (standby === undefined) return null;
    this.#forget(standby);
    return standby;
  }

  #forget(standby: Standby): void {
    const at = this.#waiting.indexOf(standby);
    if (at >= 0) this.#waiting.splice(at, 1);
    clearTimeout(standby.expiry);
  }

  /** It has its own limits of time; the caller's begin now. */
  async #feed(
    { feed, output, abort }: Standby,
    { signal, timeoutMs }: FfmpegRun,
    bytes: Uint8Array,
  ): Promise<Uint8Array> {
    const stop = (): void => abort.abort();
    const timer = setTimeout(stop, timeoutMs);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    feed(bytes);
    try {
      return await output;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  #start(key: string, { args, maxOutputBytes, timeoutMs }: FfmpegRun): void {
    if (this.#waiting.length >= this.#most) {
      const [oldest] = this.#waiting;
      if (oldest === undefined || oldest.key === key) return;
      this.#dismiss(oldest);
    }
    const input = Promise.withResolvers<Uint8Array>();
    const abort = new AbortController();
    const output = this.#tools.run({
      args,
      maxOutputBytes,
      stdin: once(input.promise),
      timeoutMs: this.#patienceMs + timeoutMs,
      signal: abort.signal,
    });
    const expiry = setTimeout(() => this.#dismiss(standby), this.#patienceMs);
    const standby: Standby = { key, feed: input.resolve, output, abort, expiry };
    const ended = (): void => this.#forget(standby);
    output.then(ended, ended); // how it ended is for who fed it
    this.#waiting.push(standby);
  }

  #dismiss(standby: Standby): void {
    this.#forget(standby);
    standby.abort.abort();
    standby.feed(new Uint8Array()); // ends what waits for it
  }
}

async function* once(input: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await input;
}
