import { describe, expect, it } from "vitest";
import { SharedCalls } from "./shared-calls.ts";

/** Work that ends when told to, and remembers whether it was aborted. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const begun: AbortSignal[] = [];
  return {
    begun,
    resolve,
    reject,
    begin: (signal: AbortSignal): Promise<string> => {
      begun.push(signal);
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      return promise;
    },
  };
}

const staying = (): AbortSignal => new AbortController().signal;

describe("SharedCalls", () => {
  it("begins once for all who ask at the same time, and again later", async () => {
    const calls = new SharedCalls<string>();
    const first = work();
    const waiting = Array.from({ length: 100 }, () => calls.join("a", staying(), first.begin));
    first.resolve("done");
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["done"]));
    expect(first.begun).toHaveLength(1);
    const second = work();
    second.resolve("again");
    expect(await calls.join("a", staying(), second.begin)).toBe("again");
  });

  it("aborts when the last waiter has left, and not before", async () => {
    const calls = new SharedCalls<string>();
    const [one, two] = [new AbortController(), new AbortController()];
    const { begin, begun } = work();
    const waiting = [calls.join("a", one.signal, begin), calls.join("a", two.signal, begin)];
    one.abort(new Error("first left"));
    await expect(waiting[0]).rejects.toThrow("first left");
    expect(begun[0]?.aborted).toBe(false);
    two.abort(new Error("second left"));
    await expect(waiting[1]).rejects.toThrow("second left");
    expect(begun[0]?.aborted).toBe(true);
  });

  it("begins anew for who comes after an abort", async () => {
    const calls = new SharedCalls<string>();
    const leaving = new AbortController();
    const left = calls.join("a", leaving.signal, work().begin);
    leaving.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    const next = work();
    next.resolve("new");
    expect(await calls.join("a", staying(), next.begin)).toBe("new");
  });

  it("tells everybody of a failure, and keeps it for nobody", async () => {
    const calls = new SharedCalls<string>();
    const failing = work();
    const waiting = [calls.join("a", staying(), failing.begin), calls.join("a", staying(), failing.begin)];
    failing.reject(new Error("no"));
    for (const result of waiting) await expect(result).rejects.toThrow("no");
    const next = work();
    next.resolve("yes");
    expect(await calls.join("a", staying(), next.begin)).toBe("yes");
  });

  it("begins nothing for who has left already", async () => {
    const { begin, begun } = work();
    await expect(new SharedCalls<string>().join("a", AbortSignal.abort(), begin)).rejects.toThrow();
    expect(begun).toEqual([]);
  });
});
