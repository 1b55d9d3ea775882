import { describe, expect, it } from "vitest";
import { type Dimension, dimensionById } from "./dimensions.ts";
import { valueFilter } from "./value-filter.ts";

const trace = dimensionById("video_cdn_trace") as Dimension;
const country = dimensionById("country") as Dimension;

describe("valueFilter", () => {
  it.each([
    ["[fastly,akamai]", ["fastly", "akamai"]],
    ["[fastly]", ["fastly"]],
    ["[]", []],
    ["", []],
  ])("takes %j of a list for exactly that list, in order", (value, values) => {
    expect(valueFilter(trace, value)).toEqual({
      dimension: "video_cdn_trace",
      operator: "equals_list",
      values,
      negated: false,
    });
  });

  it.each(["fastly", "[fastly", "fastly]", "["])("refuses %j where there are lists", (value) => {
    expect(() => valueFilter(trace, value)).toThrow(RangeError);
  });

  it.each(["US", "", "[US,DE]"])("takes %j of all else as it is", (value) => {
    expect(valueFilter(country, value)).toMatchObject({ operator: "is", values: [value] });
  });
});
