import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request as plainRequest, type RequestListener } from "node:http";
import { request } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Certificate, keepCertificate } from "./certificate.ts";
import { openTlsFront, type Target, type TlsFront } from "./front.ts";
import { type Service, serviceOf } from "./service-of.ts";

const NAMES = { hosts: ["localhost", "stream.localhost"], addresses: ["127.0.0.1", "::1"] } as const;
const HOSTS = ["127.0.0.1", "::1"];

let certificate: Certificate;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "playhead-"));
  certificate = await keepCertificate(directory, NAMES, Date.now());
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function service(handler: RequestListener): Promise<number> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function front(ports: Partial<Record<Service, number>>, outcomes: string[] = []): Promise<TlsFront> {
  const targetOf = (name: string | null): Target => ({ host: "127.0.0.1", port: ports[serviceOf(name)] ?? 1 });
  const opened = await openTlsFront({
    hosts: HOSTS,
    port: 0,
    certificate,
    targetOf,
    onConnection: (outcome) => outcomes.push(outcome),
  });
  closing.push(() => opened.close(0));
  return opened;
}

/** Checks the chain and the name as a browser does that trusts the certificate. */
async function get(port: number, host: string, path = "/"): Promise<{ status: number; body: string }> {
  const outgoing = request({ host: "127.0.0.1", port, servername: host, path, ca: certificate.cert, agent: false });
  outgoing.setHeader("host", `${host}:${port}`);
  outgoing.end();
  const [response] = await once(outgoing, "response");
  return { status: response.statusCode, body: await text(response) };
}

async function socketTo(port: number, servername = "localhost"): Promise<TLSSocket> {
  const socket = connect({
    host: "127.0.0.1",
    port,
    servername,
    ca: certificate.cert,
    ALPNProtocols: ["h2", "http/1.1"],
  });
  socket.on("error", () => undefined);
  closing.push(() => socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}

describe("openTlsFront", () => {
  it("leads each server name to its service", async () => {
    const stream = await service((request, response) => response.end(`stream ${request.url}`));
    const api = await service((request, response) => response.end(`api ${request.headers.host}`));
    const { port } = await front({ stream, api });
    expect(await get(port, "stream.localhost", "/a?b=c")).toEqual({ status: 200, body: "stream /a?b=c" });
    expect(await get(port, "localhost")).toEqual({ status: 200, body: `api localhost:${port}` });
  });

  it("speaks HTTP/1.1 only, to clients without a name too, over IPv4 and IPv6", async () => {
    const api = await service((_, response) => response.end("api"));
    const { port } = await front({ api });
    expect((await socketTo(port)).alpnProtocol).toBe("http/1.1");
    for (const host of HOSTS) {
      const outgoing = request({ host, port, ca: certificate.cert, agent: false }).end();
      const [response] = await once(outgoing, "response");
      expect(await text(response)).toBe("api");
    }
  });

  it("carries large bodies whole in both directions", async () => {
    const sent = Buffer.alloc(8 * 1024 ** 2, "0123456789");
    const api = await service((request, response) => void request.pipe(response));
    const { port } = await front({ api });
    const outgoing = request({ host: "127.0.0.1", port, method: "POST", ca: certificate.cert, agent: false });
    outgoing.end(sent);
    const [response] = await once(outgoing, "response");
    expect((await buffer(response)).equals(sent)).toBe(true);
  });

  it("does not read faster from a service than the client takes", async () => {
    let written = 0;
    const api = await service((_, response) => {
      const more = (): void => {
        while (written < 256 * 1024 ** 2) {
          written += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return void response.once("drain", more);
        }
      };
      more();
    });
    const { port } = await front({ api });
    const socket = await socketTo(port);
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await vi.waitFor(() => expect(written).toBeGreaterThan(0));
    for (let before = -1; before !== written; ) {
      before = written;
      await delay(200);
    }
    expect(written).toBeLessThan(64 * 1024 ** 2);
  });

  it("passes an end on as an end: the answer to a client that has said all comes whole", async () => {
    const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
      socket.resume().once("end", () => socket.end("all of it"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    closing.push(() => server.close());
    const { port } = await front({ api: (server.address() as AddressInfo).port });
    const socket = connect({ host: "127.0.0.1", port, ca: certificate.cert });
    await once(socket, "secureConnect");
    socket.end("question");
    expect(await text(socket)).toBe("all of it");
  });

  it("closes the connection when its service is not there, and goes on", async () => {
    const outcomes: string[] = [];
    const api = await service((_, response) => response.end("api"));
    const { port } = await front({ api }, outcomes);
    const lost = await socketTo(port, "stream.localhost");
    await once(lost.resume(), "close");
    expect(outcomes).toEqual(["unreachable"]);
    expect((await get(port, "localhost")).body).toBe("api");
  });

  it("frees the service's connection when the client resets, and the client's when the service does", async () => {
    const sockets: { destroyed: boolean; resetAndDestroy(): unknown }[] = [];
    const api = await service((request) => void sockets.push(request.socket));
    const { port } = await front({ api });
    const leaving = await socketTo(port);
    leaving.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    leaving.destroy();
    await vi.waitFor(() => expect(sockets[0]?.destroyed).toBe(true));

    const left = await socketTo(port);
    left.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await vi.waitFor(() => expect(sockets).toHaveLength(2));
    sockets[1]?.resetAndDestroy();
    await once(left.resume(), "close");
  });

  it("survives clients that speak no TLS", async () => {
    const outcomes: string[] = [];
    const api = await service((_, response) => response.end("api"));
    const { port } = await front({ api }, outcomes);
    const outgoing = plainRequest({ host: "127.0.0.1", port, agent: false }).end();
    await once(outgoing, "error");
    await vi.waitFor(() => expect(outcomes).toEqual(["bad_handshake"]));
    expect((await get(port, "localhost")).body).toBe("api");
  });

  it("gives new connections a renewed certificate", async () => {
    const api = await service((_, response) => response.end("api"));
    const opened = await front({ api });
    const other = await mkdtemp(join(tmpdir(), "playhead-"));
    const renewed = await keepCertificate(other, NAMES, Date.now());
    await rm(other, { recursive: true, force: true });
    opened.renew(renewed);
    await expect(get(opened.port, "localhost")).rejects.toThrow();
    const outgoing = request({ host: "127.0.0.1", port: opened.port, ca: renewed.cert, agent: false }).end();
    expect((await once(outgoing, "response"))[0].statusCode).toBe(200);
  });

  it("closes: idle connections at once, answers under way when they are done, the rest when time is up", async () => {
    const answers: (() => void)[] = [];
    const api = await service((request, response) => {
      if (request.url === "/slow") answers.push(() => response.end("done"));
      else response.end("quick");
    });
    const opened = await front({ api });
    const idle = await socketTo(opened.port);
    idle.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await once(idle, "data");
    const slow = get(opened.port, "localhost", "/slow");
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const closed = opened.close(5_000);
    await once(idle.resume(), "close");
    answers[0]?.();
    expect(await slow).toEqual({ status: 200, body: "done" });
    await closed;
  });

  it("does not wait for silent connections longer than its grace", async () => {
    const api = await service(() => undefined);
    const opened = await front({ api });
    const silent = connectTcp(opened.port, "127.0.0.1");
    silent.on("error", () => undefined);
    await once(silent, "connect");
    const waiting = await socketTo(opened.port);
    waiting.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    const startedMs = performance.now();
    await opened.close(400);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    silent.destroy();
  });
});
