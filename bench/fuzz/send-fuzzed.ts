import { type Agent, request } from "node:http";
import type { FuzzedRequest } from "./fuzzed-request.ts";

/** The status, or "closed", or what else became of it. */
export type FuzzAnswer = number | "closed" | `error ${string}`;

const TIMEOUT_MS = 30_000;

/** Sends one request from an address of its own, as a proxy on this machine would pass it on. */
export function sendFuzzed(agent: Agent, port: number, fuzzed: FuzzedRequest, address: string): Promise<FuzzAnswer> {
  return new Promise((resolve) => {
    const headers = { ...fuzzed.headers, "x-forwarded-for": address, "content-length": fuzzed.body.length };
    const options = { host: "127.0.0.1", port, agent, method: fuzzed.method, path: fuzzed.path, headers };
    const sent = request(options, (response) => {
      response.on("error", (error) => resolve(failure(error)));
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error("no answer")));
    sent.on("error", (error) => resolve(failure(error)));
    sent.end(fuzzed.body);
  });
}

const CLOSED = new Set(["ECONNRESET", "EPIPE"]);

function failure(error: Error & { code?: string }): FuzzAnswer {
  return CLOSED.has(error.code ?? "") ? "closed" : `error ${error.code ?? error.message}`;
}
