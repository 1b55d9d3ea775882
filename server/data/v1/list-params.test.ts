import type { FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { gatherEveryList, gatherLists } from "./list-params.ts";

async function read(query: Record<string, string | string[]>, gather = gatherLists) {
  const request = { query } as unknown as FastifyRequest;
  await gather(request);
  return { ...(request.query as object) };
}

describe("lists in queries", () => {
  it.each([[{ "filters[]": "a" }], [{ filters: "a" }], [{ "filters[0]": "a" }]])(
    "are lists however they are written: %j",
    async (query) => {
      expect(await read(query)).toEqual({ "filters[]": ["a"] });
    },
  );

  it("hold all that is written, in either way", async () => {
    const query = { "timeframe[0]": "1", "timeframe[1]": "2", "filters[]": ["a", "b"], filters: "c" };
    expect(await read(query)).toEqual({ "timeframe[]": ["1", "2"], "filters[]": ["a", "b", "c"] });
  });

  it("are none of what is one value, with brackets or without", async () => {
    expect(await read({ "group_by[]": "browser", limit: "5" })).toEqual({ group_by: "browser", limit: "5" });
    expect(await read({ group_by: "browser", "values[]": ["a", "b"] }, gatherEveryList)).toEqual({
      "group_by[]": ["browser"],
      "values[]": ["a", "b"],
    });
  });
});
