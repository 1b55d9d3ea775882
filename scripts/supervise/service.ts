import { setTimeout as sleep } from "node:timers/promises";
import { backOffMs, deathsInARow } from "./back-off.ts";
import type { Running } from "./child.ts";

export interface ServiceOptions {
  name: string;
  launch: () => Promise<Running> | Running;
  /** One line for people. */
  say: (line: string) => void;
  /** Resolves when what was started again is ready, which may be later than its launch; rejects when it will not be. */
  untilBack?: (service: Service, signal: AbortSignal) => Promise<void>;
}

/** Something that is kept alive: started, started again with growing waits when it dies, stopped once. */
export class Service {
  readonly name: string;
  readonly #launch: ServiceOptions["launch"];
  readonly #say: (line: string) => void;
  readonly #untilBack: ServiceOptions["untilBack"];
  readonly #stopping = new AbortController();
  #running: Running | null = null;
  #restarting = false;
  #deaths = 0;
  #lastDeath = "";
  #life: Promise<void> = Promise.resolve();

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#launch = options.launch;
    this.#say = options.say;
    this.#untilBack = options.untilBack;
  }

  start(): void {
    this.#life = this.#live();
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Deaths in a row, and what the last one was: a program that never gets ready shows it here. */
  get trouble(): { deaths: number; last: string } {
    return { deaths: this.#deaths, last: this.#lastDeath };
  }

  /** Ends the running process so that a new one takes its place at once. */
  async restart(graceMs: number): Promise<void> {
    if (this.#running === null) return;
    this.#restarting = true;
    await this.#running.stop(graceMs);
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop(graceMs);
    await this.#life;
  }

  async #live(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const startedMs = performance.now();
      const death = await this.#runOnce();
      const diedMs = performance.now();
      if (signal.aborted) return;
      if (this.#restarting) {
        this.#restarting = false;
        continue;
      }
      this.#deaths = deathsInARow(this.#deaths, diedMs - startedMs);
      this.#lastDeath = death;
      const waitMs = backOffMs(this.#deaths);
      this.#say(`${this.name} ended (${death}); starting it again in ${waitMs / 1_000} s`);
      await sleep(waitMs, undefined, { signal }).catch(() => {}); // aborted: the loop's condition ends it
      this.#announce(diedMs);
    }
  }

  /** Says once when it is back; a further death before that says so itself. */
  #announce(diedMs: number): void {
    const { signal } = this.#stopping;
    if (signal.aborted || this.#untilBack === undefined) return;
    const deaths = this.#deaths;
    const back = () => {
      if (signal.aborted || this.#deaths !== deaths) return;
      this.#say(`${this.name} is back after ${((performance.now() - diedMs) / 1_000).toFixed(1)} s`);
    };
    this.#untilBack(this, signal).then(back, () => {}); // not back: its deaths tell
  }

  async #runOnce(): Promise<string> {
    try {
      this.#running = await this.#launch();
      // Asked to stop while it was being launched: the stop did not see it yet.
      if (this.#stopping.signal.aborted) await this.#running.stop(0);
      return await this.#running.ended;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.#running = null;
    }
  }
}
