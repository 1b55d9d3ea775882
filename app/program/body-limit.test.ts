import { createServer, type RequestOptions, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { isBodyTooLarge, refuseBody } from "./body-limit.ts";

it("refuses before reading what is too large or tells no length", async () => {
  const server = createServer((incoming, response) => {
    if (isBodyTooLarge(incoming.headers)) refuseBody(response);
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const statusOf = (options: RequestOptions, body = "") =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request({ host: "127.0.0.1", port, agent: false, ...options }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      outgoing.once("error", reject);
      if (body === "") outgoing.flushHeaders();
      else outgoing.end(body);
    });
  try {
    expect(await statusOf({ method: "GET" })).toBe(200);
    expect(await statusOf({ method: "POST", headers: { "content-length": "1" } }, "a")).toBe(200);
    expect(await statusOf({ method: "POST", headers: { "content-length": "1048577" } })).toBe(413);
    expect(await statusOf({ method: "POST", headers: { "transfer-encoding": "chunked" } })).toBe(413);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
