import { expect, it } from "vitest";
import { decimalText } from "./decimal-text.ts";

it.each([
  [0, "0"],
  [0.25, "0.25"],
  [59_000, "59000"],
  [1e-7, "0.0000001"],
  [-3.5e-9, "-0.0000000035"],
  [1e-20, "0"],
  [-1e-20, "0"],
  [1.5e300, BigInt(1.5e300).toString()],
])("writes %d as %s", (value, text) => {
  expect(decimalText(value)).toBe(text);
});
