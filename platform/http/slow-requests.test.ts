import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type Listener, listen } from "./listen.ts";

let listener: Listener;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener.close(0);
});

async function open(path: string, length = 10): Promise<Socket> {
  listener = await listen(
    ["127.0.0.1"],
    0,
    (request, response) => {
      if (request.url === "/left") return void pipeline(request, failing).catch(() => response.destroy());
      if (request.url?.endsWith("/early")) response.writeHead(404).end("no");
      request.resume();
      request.on("end", () => response.writableEnded || response.end("whole"));
    },
    { requestMs: 300, isLong: ({ url = "" }) => url.startsWith("/long") },
  );
  const socket = connect(listener.port, "127.0.0.1");
  sockets.push(socket);
  socket.write(`PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
  return socket;
}

async function failing(): Promise<void> {
  throw new Error("no room");
}

async function drip(socket: Socket): Promise<void> {
  for (let byte = 0; byte < 10 && !socket.destroyed; byte += 1) {
    await sleep(100);
    if (socket.writable) socket.write("x");
  }
}

describe("a request that arrives slowly", () => {
  it("gets 408 and is cut when it is an ordinary one", async () => {
    const socket = await open("/short");
    const answer = text(socket);
    await drip(socket);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("may take its time when it is a long one and goes on", async () => {
    const socket = await open("/long");
    const dripping = drip(socket);
    await dripping;
    const [first] = (await socket.iterator().next()).value.toString().split("\r\n");
    expect(first).toBe("HTTP/1.1 200 OK");
  });

  it("is cut when it is a long one and stands still", async () => {
    expect(await text(await open("/long"))).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ["an ordinary one is cut, too,", "/early", /^HTTP\/1\.1 404 [\s\S]*no/],
    ["a long one may go on", "/long/early", /^still sending$/],
  ])("%s when it was answered before it had arrived", async (_, path, outcome) => {
    const socket = await open(path, 1_000);
    const dripping = drip(socket).then(() => "still sending");
    expect(await Promise.race([text(socket), dripping])).toMatch(outcome);
    await dripping;
  });

  it("is forgotten when its reader failed: node has then taken its connection away from it", async () => {
    const socket = await open("/left");
    socket.write("x");
    expect(await text(socket)).toBe("");
    await sleep(200); // what a sweep throws, nobody catches
  });
});
