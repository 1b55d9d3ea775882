const MAX_LINES = 40;
const MAX_LINE_LENGTH = 400;
const MAX_LENGTH = 4096;

/** Standard error, line by line: progress of `-progress pipe:2` goes to its listener, the last of the rest is kept. */
export class StderrTail {
  readonly #lines: string[] = [];
  readonly #onProgress: ((outTimeSeconds: number) => void) | undefined;

  constructor(onProgress: ((outTimeSeconds: number) => void) | undefined) {
    this.#onProgress = onProgress;
  }

  add(line: string): void {
    if (this.#onProgress !== undefined && this.#isProgress(line)) return;
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
    if (pair[1] === "out_time_us" && /^\d+$/.test(pair[2] ?? "")) this.#onProgress?.(Number(pair[2]) / 1_000_000);
    return true;
  }
}
