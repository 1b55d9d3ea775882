import type { WriteStream } from "node:tty";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;

/** Without a terminal, a step that takes longer says so this often. */
const QUIET_MS = 15_000;

/** Width of the column of names, so that times stand below each other. */
const NAME_WIDTH = 20;

interface RunningStep {
  name: string;
  startedMs: number;
}

/**
 * What a person sees of a start: a line per finished step, and, on a terminal, one moving line for what runs now.
 * Lines of all sources go through here, so that they never break the moving one.
 */
export class Terminal {
  readonly #out: NodeJS.WriteStream | WriteStream;
  readonly #running = new Set<RunningStep>();
  #timer: NodeJS.Timeout | null = null;
  #frame = 0;
  /** True while the moving line stands on the terminal's last line. */
  #isDrawn = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    out.on("error", () => {}); // the terminal is gone: the stop comes by signal, not by a broken pipe
  }

  say(line: string): void {
    this.#erase();
    this.#out.write(`${line}\n`);
    this.#draw();
  }

  /** Runs a piece of work and leaves a line `✓ name 0.8 s`, or `✗ name 0.8 s` and the error to the caller. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const step = { name, startedMs: performance.now() };
    this.#running.add(step);
    this.#watch();
    try {
      const result = await work();
      this.#finish(step, this.#green("✓"));
      return result;
    } catch (error) {
      this.#finish(step, this.#red("✗"));
      throw error;
    }
  }

  bold(text: string): string {
    return this.#color(1, text);
  }

  dim(text: string): string {
    return this.#color(2, text);
  }

  #green(text: string): string {
    return this.#color(32, text);
  }

  #red(text: string): string {
    return this.#color(31, text);
  }

  #color(code: number, text: string): string {
    return this.#out.isTTY && this.#out.hasColors() ? `\x1b[${code}m${text}\x1b[0m` : text;
  }

  #finish(step: RunningStep, mark: string): void {
    this.#running.delete(step);
    this.say(`  ${mark} ${step.name.padEnd(NAME_WIDTH)} ${this.dim(seconds(performance.now() - step.startedMs))}`);
    if (this.#running.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #watch(): void {
    this.#timer ??= setInterval(() => this.#tick(), this.#out.isTTY ? FRAME_MS : QUIET_MS);
  }

  #tick(): void {
    this.#frame += 1;
    if (this.#out.isTTY) this.#draw();
    else this.#out.write(`  … ${this.#now()}\n`);
  }

  #draw(): void {
    if (!this.#out.isTTY || this.#running.size === 0) return;
    const line = `  ${FRAMES[this.#frame % FRAMES.length]} ${this.#now()}`;
    this.#out.write(`\r\x1b[K${line.slice(0, Math.max(this.#out.columns - 1, 20))}`);
    this.#isDrawn = true;
  }

  #erase(): void {
    if (this.#isDrawn) this.#out.write("\r\x1b[K");
    this.#isDrawn = false;
  }

  #now(): string {
    const nowMs = performance.now();
    return [...this.#running].map(({ name, startedMs }) => `${name} ${seconds(nowMs - startedMs)}`).join(" · ");
  }
}

/** `0.8 s`, `2 min 05 s`. */
export function seconds(ms: number): string {
  const whole = Math.floor(ms / 1_000);
  if (whole < 120) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
