import { describe, expect, it } from "vitest";
import { isRetriable } from "./retriable.ts";

describe("isRetriable", () => {
  it.each([159, 173, 202, 204, 241, 243, 252, 319, 1000, 1002])("lets a call be repeated after %i", (code) => {
    expect(isRetriable(code)).toBe(true);
  });

  it.each([16, 27, 47, 60, 62, 81, 117, 497, 516])("does not repeat the mistake %i", (code) => {
    expect(isRetriable(code)).toBe(false);
  });
});
