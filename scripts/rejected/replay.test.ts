import { createServer } from "node:http";
import { expect, it } from "vitest";
import { replaySamples } from "./replay.ts";
import { storedSample } from "./testing/stored-sample.ts";

/** Answers each request with what its body says was rejected. */
async function startCollector() {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      if (request.headers["x-playhead-replay"] !== "1") response.statusCode = 400;
      if (body !== "") response.setHeader("x-playhead-rejected", body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : 0 };
}

it("tells what was taken, what is still wrong, and what the collector was too busy to read", async () => {
  const { server, port } = await startCollector();
  async function* samples() {
    for (const answer of ["", "", "not_json=1", "malformed_event=2, unknown_environment=3", "rate_limited=1"]) {
      yield storedSample({ body: answer, position: answer.length });
    }
  }
  const taken: number[] = [];
  const result = await replaySamples({ host: "127.0.0.1", port }, samples(), {
    onTaken: ({ position }) => taken.push(position),
    onProgress: () => undefined,
  });
  server.close();
  expect(result).toMatchObject({ sent: 4, taken: 2, failed: 1 });
  expect(taken).toEqual([0, 0]);
  expect([...result.rejected].sort()).toEqual([
    ["malformed_event", 2],
    ["not_json", 1],
    ["unknown_environment", 3],
  ]);
});
