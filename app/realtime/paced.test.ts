import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { paced } from "./paced.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("paced", () => {
  it("passes the first at once, then the newest once per interval", () => {
    const seen: number[] = [];
    const pace = paced<number>(
      500,
      (value) => seen.push(value),
      () => false,
    );
    for (let value = 0; value < 10; value += 1) {
      pace.push(value);
      vi.advanceTimersByTime(200);
    }
    vi.advanceTimersByTime(500);
    expect(seen).toEqual([0, 2, 4, 7, 9]);
    expect(seen.at(-1)).toBe(9);
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lets urgent values through and drops what they overtook", () => {
    const seen: number[] = [];
    const pace = paced<number>(
      500,
      (value) => seen.push(value),
      (value) => value >= 100,
    );
    pace.push(1);
    pace.push(2);
    pace.push(100);
    vi.advanceTimersByTime(1_000);
    expect(seen).toEqual([1, 100]);
  });

  it("keeps nothing running after stop", () => {
    const pace = paced<number>(
      500,
      () => undefined,
      () => false,
    );
    pace.push(1);
    pace.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
