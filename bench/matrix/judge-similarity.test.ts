import { expect, it } from "vitest";
import { lossOf } from "./judge-similarity.ts";

it("tells a loss that lies at joins alone from one of all pictures", () => {
  const whole = Array.from({ length: 100 }, () => 0.99);
  expect(lossOf(whole, whole, [40, 80])).toMatchObject({ whole: 0, atJoins: 0, worstJoin: 0, joins: 2 });
  const pulsing = whole.map((value, n) => (n >= 40 && n < 43 ? value - 0.02 : value));
  const loss = lossOf(pulsing, whole, [40, 80]);
  expect(loss.whole).toBeCloseTo(0.0006, 6);
  expect(loss.atJoins).toBeCloseTo(0.005, 6);
  expect(loss.worstJoin).toBeCloseTo(0.01, 6);
});

it("tells a rendition of one segment, which has no joins", () => {
  expect(lossOf([0.9, 0.8], [0.95, 0.85], [])).toMatchObject({ atJoins: 0, worstJoin: 0, joins: 0, pictures: 2 });
});
