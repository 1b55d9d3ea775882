import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { shortcomings } from "./ready.ts";

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function answering(status: number, body: string): Promise<string[]> {
  server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return shortcomings("127.0.0.1", (server.address() as AddressInfo).port);
}

describe("shortcomings", () => {
  it("are what the checks of a ready program call degraded", async () => {
    const checks = { postgres: { ok: true }, ffmpeg: { ok: true, degraded: "ffmpeg runs without private-files" } };
    expect(await answering(200, JSON.stringify({ ready: true, checks }))).toEqual([
      "ffmpeg runs without private-files",
    ]);
  });

  it("are none where the answer is no report", async () => {
    expect(await answering(200, "hello")).toEqual([]);
  });
});
