const MAX_LINES = 40;
const MAX_LINE_LENGTH = 400;
const MAX_LENGTH = 4096;

/** What is told of `-progress pipe:2`. */
export interface ProgressListener {
  /** The output is so long. */
  onProgress?: (outTimeSeconds: number) => void;
  /** One more picture, packet or moment was written than when it was told last. */
  onAdvance?: () => void;
}

const COUNTERS: readonly string[] = ["frame", "total_size", "out_time_us"];

/** Standard error, line by line: progress goes to its listener, the last of the rest is kept. */
export class StderrTail {
  readonly #lines: string[] = [];
  readonly #listener: ProgressListener | undefined;
  readonly #counters = new Map<string, string>();

  constructor(listener: ProgressListener | undefined) {
    this.#listener = listener;
  }

  add(line: string): void {
    if (this.#listener !== undefined && this.#isProgress(line)) return;
    this.#lines.push(line.slice(0, MAX_LINE_LENGTH));
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }

  text(): string {
    return this.#lines.join("\n").trim().slice(-MAX_LENGTH);
  }

  /** `key=value` with a key of lower case: `out_time_us=1500000`, `stream_0_0_q=28.0`. Unknown times are `N/A`. */
  #isProgress(line: string): boolean {
    const pair = /^([a-z][a-z0-9_]*)=\s*(\S*)$/.exec(line);
    if (pair === null) return false;
    const [, key = "", value = ""] = pair;
    if (key === "out_time_us" && /^\d+$/.test(value)) this.#listener?.onProgress?.(Number(value) / 1_000_000);
    if (COUNTERS.includes(key) && this.#counters.get(key) !== value) {
      this.#counters.set(key, value);
      this.#listener?.onAdvance?.();
    }
    return true;
  }
}
