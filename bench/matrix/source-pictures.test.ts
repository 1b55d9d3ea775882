import { expect, it } from "vitest";
import { forward } from "./source-pictures.ts";

it("leaves out what lies before a picture that was shown, and keeps what has no time", () => {
  expect(forward([0, 0.04, Number.NaN, 0.08, 0, 0.04, 0.08, 0.12])).toEqual([
    ...[true, true, true, true],
    ...[false, false, false, true],
  ]);
});
