import Mux from "@mux/mux-node";
import { describe, expect, it } from "vitest";
import { SDK_METHODS } from "./sdk-methods.ts";

/** What a method of the SDK asks for. */
async function askedBy(method: string, ids: number): Promise<string> {
  const asked: string[] = [];
  const mux = new Mux({
    tokenId: "id",
    tokenSecret: "secret",
    maxRetries: 0,
    fetch: async (url, init) => {
      asked.push(`${init?.method?.toUpperCase()} ${new URL(String(url)).pathname}`);
      return Response.json({ data: [] });
    },
  });
  const path = method.split(".");
  const owner = path.slice(0, -1).reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], mux);
  const call = (owner as Record<string, (...given: unknown[]) => Promise<unknown>>)[path.at(-1) ?? ""];
  await call?.apply(owner, Array(ids).fill("x"));
  return asked.join();
}

describe("methods of the SDK", () => {
  it.each(Object.entries(SDK_METHODS))("%s is mux.%s", async (route, method) => {
    const ids = route.split("{}").length - 1;
    expect(await askedBy(method, ids)).toBe(route.replaceAll("{}", "x"));
  });
});
