import { describe, expect, it } from "vitest";
import { Mp4Error } from "../mp4/mp4-error.ts";
import { requireUsualWeight } from "./segment-weight.ts";

describe("requireUsualWeight", () => {
  it("counts the samples of the range, wherever their bytes lie", () => {
    const size = new Uint32Array(600).fill(2 ** 20);
    expect(() => requireUsualWeight({ size }, { first: 100, end: 356 })).not.toThrow();
    expect(() => requireUsualWeight({ size }, { first: 100, end: 357 })).toThrow(Mp4Error);
  });
});
