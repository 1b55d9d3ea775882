import { describe, expect, it } from "vitest";
import { misplaced, tellable } from "./small-pictures.ts";

/** A bright bar that moves over a dark picture. */
const bar = (at: number): Uint8Array => Uint8Array.from({ length: 160 * 90 }, (_, n) => (n % 160 === at ? 220 : 30));
const noisy = (picture: Uint8Array): Uint8Array => picture.map((level, n) => level + ((n * 7919) % 5));

const source = Array.from({ length: 40 }, (_, n) => bar(n));

describe("pictures known again by what they show", () => {
  it("are in place though an encoder changed them", () => {
    expect(misplaced(source.map(noisy), source)).toEqual([]);
    expect(tellable(source.map(noisy), source)).toBe(40);
  });

  it("are told where one is shown twice, left out, or changed with its neighbour", () => {
    const twice = source.map((picture, n) => (n === 7 ? bar(6) : picture));
    expect(misplaced(twice, source)).toEqual([7]);
    expect(misplaced([...source.slice(0, 30), ...source.slice(31)], source)).toEqual([
      30, 31, 32, 33, 34, 35, 36, 37, 38,
    ]);
    const changed = source.map((picture, n) => (n === 3 ? bar(4) : n === 4 ? bar(3) : picture));
    expect(misplaced(changed, source)).toEqual([3, 4]);
  });

  it("tell nothing where nothing moves", () => {
    const still = source.map(() => bar(1));
    expect(misplaced(still, still)).toEqual([]);
    expect(tellable(still, still)).toBe(0);
  });
});
