import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { gatherReads } from "./gather-reads.ts";

interface Question {
  keys: readonly string[];
  answer(): void;
  fail(): void;
}

let questions: Question[];
let failures: number;
const read = (keys: readonly string[]) =>
  new Promise<ReadonlyMap<string, string>>((resolve, reject) => {
    const answer = () => resolve(new Map(keys.map((key) => [key, `${key}!`])));
    questions.push({ keys, answer, fail: () => reject(new Error("away")) });
  });
const gather = () =>
  gatherReads({ read, onFailure: () => (failures += 1), elapsedMs: () => Date.now(), patienceMs: 2_000 });

beforeEach(() => {
  [questions, failures] = [[], 0];
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("gatherReads", () => {
  it("asks one question at a time, the next for all that came meanwhile", async () => {
    const ask = gather();
    const answers = [ask(["a"]), ask(["b", "c"]), ask(["c"])];
    expect(questions.map(({ keys }) => keys)).toEqual([["a"]]);
    questions[0]?.answer();
    expect((await answers[0])?.get("a")).toBe("a!");
    expect(questions.map(({ keys }) => keys)).toEqual([["a"], ["b", "c"]]);
    questions[1]?.answer();
    expect((await answers[2])?.get("c")).toBe("c!");
  });

  it("tells all who wait that there is no answer, and asks nothing for a second", async () => {
    const ask = gather();
    const answers = [ask(["a"]), ask(["b"])];
    questions[0]?.fail();
    expect(await Promise.all(answers)).toEqual([null, null]);
    expect(await ask(["c"])).toBeNull();
    expect([questions.length, failures]).toEqual([1, 1]);
    vi.advanceTimersByTime(1_000);
    const later = ask(["c"]);
    questions[1]?.answer();
    expect((await later)?.get("c")).toBe("c!");
  });

  it("lets nobody wait for a store that hangs", async () => {
    const ask = gather();
    const answers = [ask(["a"]), ask(["b"])];
    vi.advanceTimersByTime(2_000);
    expect(await Promise.all(answers)).toEqual([null, null]);
    expect(await ask(["c"])).toBeNull();
    expect(questions).toHaveLength(1);
    questions[0]?.answer();
    await vi.advanceTimersByTimeAsync(0);
    const later = ask(["c"]);
    questions[1]?.answer();
    expect((await later)?.get("c")).toBe("c!");
  });

  it("asks for a bounded number of keys at once", async () => {
    const ask = gather();
    const first = ask(["a"]);
    const many = Array.from({ length: 4_000 }, (_, at) => String(at));
    const next = ask(many);
    expect(await ask(["one too many"])).toBeNull();
    questions[0]?.answer();
    await first;
    questions[1]?.answer();
    expect((await next)?.size).toBe(4_000);
  });
});
