import { describe, expect, it } from "vitest";
import { SharedLru } from "./shared-lru.ts";

describe("SharedLru", () => {
  it("keeps what an owner of few has, whatever others bring", () => {
    const values = new SharedLru<string>(100);
    for (let index = 0; index < 10; index += 1) values.set(1, `few${index}`, "kept");
    for (let index = 0; index < 1_000; index += 1) values.set(2, `many${index}`, "flood");
    for (let index = 0; index < 1_000; index += 1) values.set(3, `more${index}`, "flood");
    expect(values.size).toBe(100);
    for (let index = 0; index < 10; index += 1) expect(values.get(`few${index}`)).toBe("kept");
    expect([values.get("many0"), values.get("more999")]).toEqual([undefined, "flood"]);
  });

  it("lets go of what its owner used least recently", () => {
    const values = new SharedLru<number>(2);
    values.set(1, "a", 1);
    values.set(1, "b", 2);
    values.get("a");
    values.set(1, "c", 3);
    expect(["a", "b", "c"].map((key) => values.get(key))).toEqual([1, undefined, 3]);
  });

  it("holds a key once, of its newest owner", () => {
    const values = new SharedLru<number>(2);
    values.set(1, "a", 1);
    values.set(2, "a", 2);
    values.set(2, "b", 3);
    expect([values.size, values.get("a"), values.get("b")]).toEqual([2, 2, 3]);
  });
});
