import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fetchSocketToken } from "./socket-token.ts";

beforeEach(() => {
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout.signal);
  // a server that takes the request and never answers
  vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) => {
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
const timeout = new AbortController();

it("does not wait for ever for a server that hangs", async () => {
  const answer = fetchSocketToken("abc123", new AbortController().signal);
  timeout.abort();
  expect(await answer).toEqual({ kind: "unavailable" });
});
