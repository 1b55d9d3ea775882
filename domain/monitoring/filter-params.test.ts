import { describe, expect, it } from "vitest";
import { filtersFromParams, filtersToParams, withFilter, withoutFilter } from "./filter-params.ts";

const params = (query: string) => [...new URLSearchParams(query)] as [string, string][];
const query = (filters: Parameters<typeof filtersToParams>[0]) =>
  new URLSearchParams(filtersToParams(filters)).toString();

describe("filtersFromParams", () => {
  it("gathers the values of a dimension and keeps negation apart", () => {
    expect(filtersFromParams(params("country=DE&country=AT&not.cdn=fastly"))).toEqual([
      { dimension: "country", values: ["DE", "AT"], negated: false },
      { dimension: "cdn", values: ["fastly"], negated: true },
    ]);
  });

  it("reads an empty value as: has none", () => {
    expect(filtersFromParams(params("cdn="))).toEqual([{ dimension: "cdn", values: [""], negated: false }]);
  });

  it("ignores unknown names, repeats and absurd values", () => {
    const long = "x".repeat(2_000);
    expect(filtersFromParams(params(`utm_source=a&not.not.cdn=x&cdn=a&cdn=a&cdn=${long}`))).toEqual([
      { dimension: "cdn", values: ["a"], negated: false },
    ]);
    const many = Array.from({ length: 100 }, (_, index) => ["asn", String(index)] as const);
    expect(filtersFromParams(many)[0]?.values).toHaveLength(20);
  });

  it("survives the way through an address", () => {
    const address = "video_title=Grand+Final+%26+more&not.country=DE";
    expect(query(filtersFromParams(params(address)))).toBe(address);
  });
});

describe("withFilter and withoutFilter", () => {
  const germany = { dimension: "country", value: "DE", negated: false } as const;

  it("adds a value once", () => {
    expect(query(withFilter(withFilter([], germany), germany))).toBe("country=DE");
  });

  it("turns a value round instead of contradicting itself", () => {
    expect(query(withFilter(withFilter([], germany), { ...germany, negated: true }))).toBe("not.country=DE");
  });

  it("removes one value and leaves its neighbours", () => {
    const filters = filtersFromParams(params("country=DE&country=AT&cdn=fastly"));
    expect(query(withoutFilter(filters, germany))).toBe("country=AT&cdn=fastly");
    expect(query(withoutFilter(filtersFromParams(params("country=DE")), germany))).toBe("");
  });
});
