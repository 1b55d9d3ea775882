import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { collect, numbered, readToEnd } from "./contract-collector.ts";
import { type EventLog, LogBusyError } from "./eventlog.ts";
import { openSegmentLog } from "./segment-log.ts";

const ROUNDS = Number(process.env["EVENTLOG_KILLS"] ?? 12);
const TAKEOVER_MS = 1_000;

describe("processes killed while they use the log", () => {
  let directory: string;
  let opened: EventLog[];
  let children: Child[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "playhead-crash-"));
    opened = [];
    children = [];
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await Promise.all(opened.map((log) => log.close()));
    await rm(directory, { recursive: true, force: true });
  });

  function openLog(): EventLog {
    const topics = { t: { partitions: 2, compacted: false } };
    const log = openSegmentLog({ directory, topics, retentionMs: 1e12, now: () => Date.now() });
    opened.push(log);
    return log;
  }

  async function start(role: string, argument: string): Promise<Child> {
    const child = new Child(
      spawn(process.execPath, [join(import.meta.dirname, "crash-child.ts"), directory, role, argument]),
    );
    children.push(child);
    await child.reported(1);
    return child;
  }

  it(`keeps every acknowledged record, in order and once, through ${ROUNDS} kills of the writer`, async () => {
    let next = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const child = await start("write", String(next));
      await child.reported(1 + round * 9);
      await child.kill();
      const log = openLog();
      await (await log.openWriter("t")).close(); // recovers
      const numbers = (await readToEnd(log.readAll("t", 0))).map(({ value }) => Number.parseInt(value.toString(), 10));
      expect(numbers).toEqual(Array.from(numbers, (_, at) => at));
      expect(numbers.length).toBeGreaterThan(child.last);
      next = numbers.length;
    }
  });

  it("refuses a second writer while the first process lives and lets it in when that is killed", async () => {
    const child = await start("write", "0");
    await expect(openLog().openWriter("t")).rejects.toThrow(LogBusyError);
    await expect(openLog().openWriter("t")).rejects.toThrow(`process ${child.pid}`);
    await child.kill();
    await openLog().openWriter("t");
  });

  it("takes a killed consumer's partitions over within a second, from its last commit", async () => {
    const log = openLog();
    const writer = await log.openWriter("t");
    await writer.append(numbered([0, 1, 0, 1, 0]));
    const child = await start("consume", "g");
    const heir = await collect(openLog(), "t", "g");
    await child.reported(5);
    expect(heir.assignments.size).toBe(0);
    await child.kill();
    const killedMs = performance.now();
    await heir.held(2);
    expect(performance.now() - killedMs).toBeLessThan(TAKEOVER_MS);
    await writer.append(numbered([0, 1], 5));
    await heir.until(2);
    expect([...heir.of(0), ...heir.of(1)].map(({ key }) => key)).toEqual(["5", "6"]);
    const committed = [...heir.assignments.values()].map(({ committedOffset }) => committedOffset);
    expect(committed).toContain(child.last);
  });
});

/** A started process and the numbers it has printed. */
class Child {
  readonly #process: ChildProcess;
  #count = 0;
  #errors = "";
  last = -1;

  constructor(started: ChildProcess) {
    this.#process = started;
    if (started.stdout === null || started.stderr === null) throw new Error("The child's output is not piped");
    started.stderr.on("data", (data: Buffer) => {
      this.#errors += data.toString();
    });
    createInterface(started.stdout).on("line", (line) => {
      this.#count += 1;
      this.last = Number(line);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Waits until it has printed this many lines. */
  reported(count: number): Promise<void> {
    return vi.waitFor(
      () => {
        if (this.#count < count) throw new Error(`${this.#count} of ${count} lines. ${this.#errors}`);
      },
      { timeout: 20_000, interval: 2 },
    );
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "close");
  }
}
