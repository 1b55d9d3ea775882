import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { parseMark } from "./mark.ts";

/** What nobody can beat: parses a beacon, keeps nothing, and pushes its title at once. Started by bench/latency.ts. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    io.emit("title", parseMark(Buffer.concat(chunks).toString("utf8")));
    response.writeHead(200, { "content-type": "text/plain", "content-length": 3 });
    response.end("ok\n");
  });
});
const io = new Server(server, { transports: ["websocket"], serveClient: false });
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit(0));
