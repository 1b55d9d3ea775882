import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FfmpegRun } from "../ffmpeg.ts";
import { StandbyDecoders } from "./standby-decoders.ts";

const PATIENCE_MS = 1_000;

/** Runs that were begun: each answers with its input, twice. */
let begun: FfmpegRun[];
let decoders: StandbyDecoders;
/** Ends those that wait, as a crash would. */
let crash: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  begun = [];
  const crashed = Promise.withResolvers<never>();
  crashed.promise.catch(() => {});
  crash = () => crashed.reject(new Error("crashed"));
  decoders = new StandbyDecoders({ run: (run) => pretend(run, crashed.promise) }, 1, PATIENCE_MS);
});
afterEach(() => {
  decoders.close();
  vi.useRealTimers();
});

async function pretend(run: FfmpegRun, crashed: Promise<never>): Promise<Uint8Array> {
  begun.push(run);
  const { stdin, signal } = run;
  if (stdin === undefined) throw new Error("there is always an input");
  if (stdin instanceof Uint8Array) return Buffer.concat([stdin, stdin]);
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(new Error("aborted")));
  });
  const bytes = await Promise.race([buffer(stdin), aborted, crashed]);
  return Buffer.concat([bytes, bytes]);
}

function run(input: string, facts: Partial<FfmpegRun> = {}): FfmpegRun {
  return {
    args: { input: [], output: ["scale"] },
    stdin: Buffer.from(input),
    maxOutputBytes: 9,
    timeoutMs: 50,
    ...facts,
  };
}

const decode = async (input: string, facts?: Partial<FfmpegRun>) =>
  Buffer.from(await decoders.run(run(input, facts))).toString();

describe("StandbyDecoders", () => {
  it("starts one ahead when the same comes twice, and feeds it the next", async () => {
    expect(await decode("a")).toBe("aa");
    expect(begun).toHaveLength(1);
    expect(await decode("b")).toBe("bb");
    expect(begun).toHaveLength(3); // one waits
    expect(await decode("c")).toBe("cc");
    expect(begun).toHaveLength(4);
  });

  it("never gives one to what has other arguments, and keeps no more than are allowed", async () => {
    for (const input of ["a", "b"]) await decode(input);
    for (const input of ["c", "d"]) expect(await decode(input, { maxOutputBytes: 10 })).toBe(input + input);
    expect(begun).toHaveLength(6);
    expect(begun[2]?.signal?.aborted).toBe(true);
    expect(begun[5]?.signal?.aborted).toBe(false);
  });

  it("never gives one to a run with files of its own, nor keeps one for the next", async () => {
    for (const input of ["a", "b"]) await decode(input);
    const placed = { "overlay.png": Buffer.from("x") };
    for (const input of ["c", "d", "e"]) expect(await decode(input, { placed })).toBe(input + input);
    expect(begun.slice(3).map((one) => one.placed)).toEqual([placed, placed, placed]); // and none waits for more
  });

  it("ends one that nobody needs, and all when it is closed", async () => {
    for (const input of ["a", "b"]) await decode(input);
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(begun[2]?.signal?.aborted).toBe(true);
    expect(await decode("c")).toBe("cc");
    decoders.close();
    expect(begun.at(-1)?.signal?.aborted).toBe(true);
  });

  it("starts another where one died", async () => {
    for (const input of ["a", "b"]) await decode(input);
    const next = decode("c");
    crash();
    expect(await next).toBe("cc");
    expect(begun).toHaveLength(5); // what waited, what took over, and the next to wait
  });

  it("stops one whose caller has left", async () => {
    for (const input of ["a", "b"]) await decode(input);
    const leaving = new AbortController();
    leaving.abort(new Error("left"));
    await expect(decode("c", { signal: leaving.signal })).rejects.toThrow();
    expect(begun[2]?.signal?.aborted).toBe(true);
  });
});
