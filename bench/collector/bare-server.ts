import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The least that a beacon endpoint must do: read the body, parse it, say 200. Keeps nothing. Started by bench/collector.ts. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    response.writeHead(typeof body === "object" ? 200 : 400, { "content-type": "text/plain", "content-length": 3 });
    response.end("ok\n");
  });
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit(0));
