import { describe, expect, it } from "vitest";
import { continentOf } from "./continent.ts";

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const CODES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));

describe("the continent of a country", () => {
  it.each([
    ["DE", "EU"],
    ["RU", "EU"],
    ["TR", "AS"],
    ["CY", "AS"],
    ["EG", "AF"],
    ["GL", "NA"],
    ["PR", "NA"],
    ["BR", "SA"],
    ["NZ", "OC"],
    ["AQ", "AN"],
    ["", ""],
    ["ZZ", ""],
    ["de", ""],
  ])("%s: %s", (country, continent) => expect(continentOf(country)).toBe(continent));

  it("is known of all 249 codes of ISO 3166-1 and of XK", () => {
    expect(CODES.filter((code) => continentOf(code) !== "")).toHaveLength(250);
    const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
    const assigned = CODES.filter((code) => continentOf(code) !== "");
    expect(assigned.filter((code) => names.of(code) === undefined)).toEqual([]);
  });
});
