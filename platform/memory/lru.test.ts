import { describe, expect, it } from "vitest";
import { Lru } from "./lru.ts";

describe("Lru", () => {
  it("drops what was used longest ago", () => {
    const lru = new Lru<number>({ maxWeight: 2 });
    lru.set("a", 1);
    lru.set("b", 2);
    lru.get("a");
    lru.set("c", 3);
    expect([lru.get("a"), lru.get("b"), lru.get("c")]).toEqual([1, undefined, 3]);
  });

  it("counts weights, and each key once", () => {
    const lru = new Lru<string>({ maxWeight: 5, weigh: (value) => value.length });
    lru.set("a", "12");
    lru.set("a", "123");
    lru.set("b", "12");
    expect(lru.weight).toBe(5);
    lru.set("c", "1234");
    expect([lru.weight, lru.get("a"), lru.get("b")]).toEqual([4, undefined, undefined]);
    lru.delete("c");
    lru.delete("c");
    expect(lru.weight).toBe(0);
  });

  it("weighs keys too where it is told to", () => {
    const lru = new Lru<string>({ maxWeight: 10, weigh: (value, key) => value.length + key.length });
    lru.set("1234", "12");
    lru.set("5678", "12");
    expect([lru.weight, lru.get("1234")]).toEqual([6, undefined]);
  });

  it("keeps nothing that is larger than all of it", () => {
    const lru = new Lru<string>({ maxWeight: 3, weigh: (value) => value.length });
    lru.set("a", "12");
    lru.set("b", "1234");
    expect([lru.get("a"), lru.get("b")]).toEqual(["12", undefined]);
  });
});
