import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { endProgram, spawnProgram, untilReady } from "../stack/processes.ts";

/** As the supervisor waits before it starts a program again. */
const RESTART_MS = 500;
const KEPT_LINES = 5;

/** One program of the collector under the eyes of somebody who starts it again when it ends by itself. */
export class Program {
  /** How often it ended without having been told to, with its last lines. */
  readonly crashes: string[] = [];
  readonly #script: string;
  readonly #environment: Record<string, string>;
  readonly #internalPort: number;
  #child: ChildProcess | null = null;
  #lines: string[] = [];
  #isExpected = false;

  constructor(script: string, environment: Record<string, string>, internalPort: number) {
    this.#script = script;
    this.#environment = environment;
    this.#internalPort = internalPort;
  }

  get internalPort(): number {
    return this.#internalPort;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    await untilReady(this.spawn(), this.#internalPort);
  }

  spawn(): ChildProcess {
    this.#isExpected = false;
    const child = spawnProgram(this.#script, this.#environment, (line) => {
      this.#lines = [...this.#lines, line].slice(-KEPT_LINES);
    });
    child.once("exit", () => {
      if (this.#isExpected || child !== this.#child) return;
      this.crashes.push(this.#lines.join(" | "));
      void sleep(RESTART_MS).then(() => this.#isExpected || this.spawn());
    });
    this.#child = child;
    return child;
  }

  async restart(): Promise<void> {
    await this.end("SIGKILL");
    await this.start();
  }

  /** Stands still for so long, as on a machine that was suspended, and does not know it afterwards. */
  async pause(durationMs: number): Promise<void> {
    this.#child?.kill("SIGSTOP");
    await sleep(durationMs);
    this.#child?.kill("SIGCONT");
    if (this.#child !== null) await untilReady(this.#child, this.#internalPort);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#isExpected = true;
    await endProgram(this.#child ?? undefined, signal);
  }
}
