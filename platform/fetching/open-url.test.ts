import { createServer as createHttp, type RequestListener, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { createServer as createTcp } from "node:net";
import { text } from "node:stream/consumers";
import { generate } from "selfsigned";
import { afterEach, describe, expect, it } from "vitest";
import { ALLOW_NOTHING, type AllowList, parseAllowList } from "../../domain/network/allow-list.ts";
import { FetchFailedError, FetchRefusedError } from "./fetch-errors.ts";
import { type OpenUrlOptions, openUrl } from "./open-url.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const allow = (text: string): AllowList => parseAllowList(text).list;
const LOOPBACK = allow("127.0.0.0/8,::1/128");

async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  open.push(() => {
    server.closeAllConnections?.();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener, host?: string): Promise<number> => listen(createHttp(listener), host);

const fetchText = async (url: string, options: Partial<OpenUrlOptions> = {}): Promise<string> =>
  text((await openUrl(url, { allow: LOOPBACK, ...options })).body);

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "nothing failed",
    (error: unknown) =>
      error instanceof FetchRefusedError || error instanceof FetchFailedError ? error.reason : String(error),
  );

describe("openUrl", () => {
  it("refuses loopback without an exception, and asks nothing there", async () => {
    let asked = 0;
    const port = await serve((_, response) => {
      asked += 1;
      response.end("secret");
    });
    for (const host of [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "2130706433",
      "0x7f.1",
      "017700000001",
    ]) {
      expect(await failure(fetchText(`http://${host}:${port}/`, { allow: ALLOW_NOTHING }))).toBe("private_address");
    }
    expect(asked).toBe(0);
    expect(await fetchText(`http://127.0.0.1:${port}/`, { allow: allow(`127.0.0.1:${port}`) })).toBe("secret");
    expect(await fetchText(`http://localhost:${port}/`, { allow: allow(`localhost:${port}`) })).toBe("secret");
    expect(await fetchText(`http://2130706433:${port}/`)).toBe("secret");
  });

  it.each([
    ["ftp://a.example/", "scheme"],
    ["file:///etc/passwd", "scheme"],
    ["data:,a", "scheme"],
    ["not a url", "url"],
    ["http://[fe80::1%25eth0]/", "url"],
    ["http://user:pass@a.example/", "credentials"],
    ["http://127.0.0.1:0/", "port"],
    ["http://169.254.169.254/latest/meta-data", "private_address"],
    ["http://[64:ff9b::10.0.0.1]/", "private_address"],
  ])("refuses %s", async (url, reason) => {
    expect(await failure(fetchText(url, { allow: ALLOW_NOTHING }))).toBe(reason);
  });

  it("introduces itself and tells where the bytes came from", async () => {
    const port = await serve((request, response) => {
      if (request.url === "/from") response.writeHead(302, { location: "/to?a=1" }).end("moved");
      else response.end(JSON.stringify([request.headers["user-agent"], request.headers["x-own"]]));
    });
    const headers = { "x-own": "1" };
    const opened = await openUrl(`http://127.0.0.1:${port}/from`, { allow: LOOPBACK, headers });
    expect(opened).toMatchObject({ status: 200, finalUrl: `http://127.0.0.1:${port}/to?a=1` });
    expect(JSON.parse(await text(opened.body))).toEqual(["Playhead/1.0", "1"]);
  });

  it("checks every redirect like the first URL", async () => {
    let asked = 0;
    const inner = await serve((_, response) => {
      asked += 1;
      response.end("secret");
    });
    const locations = [`http://127.0.0.1:${inner}/`, "ftp://a.example/", "http://u:p@a.example/", "http://[oops/"];
    const outer = await serve((request, response) => {
      response.writeHead(307, { location: locations[Number(request.url?.slice(1))] ?? request.url }).end();
    });
    const only = allow(`127.0.0.1:${outer}`);
    const reasons = ["private_address", "scheme", "credentials", "url"];
    for (const [index, reason] of reasons.entries()) {
      expect(await failure(fetchText(`http://127.0.0.1:${outer}/${index}`, { allow: only }))).toBe(reason);
    }
    expect(asked).toBe(0);
    expect(await failure(fetchText(`http://127.0.0.1:${outer}/loop`, { allow: only }))).toBe("redirects");
  });

  it("keeps its headers from other origins", async () => {
    const other = await serve((request, response) => response.end(String(request.headers["x-own"])));
    const port = await serve((_, response) =>
      response.writeHead(301, { location: `http://127.0.0.1:${other}/` }).end(),
    );
    expect(await fetchText(`http://127.0.0.1:${port}/`, { headers: { "x-own": "1" } })).toBe("undefined");
  });

  it("asks for the rest of a file, also where it is redirected to", async () => {
    const asked: unknown[] = [];
    const other = await serve((request, response) => {
      asked.push([request.headers.range, request.headers["if-range"]]);
      response.writeHead(206, { "content-range": "bytes 3-5/6" }).end("def");
    });
    const port = await serve((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${other}/` }).end(),
    );
    const resume = { start: 3, validator: '"one"' };
    expect(await fetchText(`http://127.0.0.1:${port}/`, { resume })).toBe("def");
    expect(asked).toEqual([["bytes=3-", '"one"']]);
  });

  it("posts a body to addresses that may be asked, and follows no redirect then", async () => {
    const taken: unknown[] = [];
    const port = await serve(async (request, response) => {
      const body = await text(request);
      taken.push([request.method, request.headers["content-length"], body]);
      response.writeHead(request.url === "/moved" ? 307 : 200, { location: "/other" }).end("seen");
    });
    const post = '{"a":"ä"}';
    expect(await fetchText(`http://127.0.0.1:${port}/`, { post })).toBe("seen");
    const moved = await openUrl(`http://127.0.0.1:${port}/moved`, { allow: LOOPBACK, post, isGoodStatus: () => true });
    expect([moved.status, await text(moved.body)]).toEqual([307, "seen"]);
    expect(await failure(fetchText(`http://127.0.0.1:${port}/moved`, { post }))).toBe("status");
    expect(await failure(fetchText(`http://127.0.0.1:${port}/`, { post, allow: ALLOW_NOTHING }))).toBe(
      "private_address",
    );
    expect(taken).toEqual(Array(3).fill(["POST", "10", post]));
  });

  it("connects to the very address that was checked, whatever the name says later", async () => {
    let port = 0;
    port = await serve((_, response) => response.end("checked"), "127.0.0.2");
    await listen(
      createHttp((_, response) => response.end("rebound")),
      "127.0.0.1",
    );
    const answers = [["127.0.0.2"], ["127.0.0.1"]];
    let resolved = 0;
    const resolve = async () => answers[resolved++] ?? [];
    expect(await fetchText(`http://rebinding.example:${port}/`, { allow: allow("127.0.0.2"), resolve })).toBe(
      "checked",
    );
    expect(resolved).toBe(1);
    const turned = fetchText(`http://rebinding.example:${port}/`, { allow: allow("127.0.0.2"), resolve });
    expect(await failure(turned)).toBe("private_address");
  });

  it("uses only those addresses of a name that may be used", async () => {
    const port = await serve((_, response) => response.end("here"), "127.0.0.2");
    const resolve = async () => ["10.0.0.1", "127.0.0.2", "fd00::1"];
    expect(await fetchText(`http://mixed.example:${port}/`, { allow: allow("127.0.0.2"), resolve })).toBe("here");
  });

  it("fails when fewer bytes come than were promised, or the connection breaks", async () => {
    const port = await serve((request, response) => {
      if (request.url === "/length") response.setHeader("content-length", "1000");
      response.write("0123456789");
      setTimeout(() => response.destroy(), 20);
    });
    expect(await failure(fetchText(`http://127.0.0.1:${port}/length`))).toBe("truncated");
    expect(await failure(fetchText(`http://127.0.0.1:${port}/chunked`))).toBe("truncated");
  });

  it("fails when nothing comes for a while, but waits for its reader", async () => {
    const port = await serve((request, response) => {
      if (request.url === "/head") return;
      response.write("first");
      if (request.url === "/all") response.end(Buffer.alloc(2_000_000));
    });
    const options = { idleTimeoutMs: 150 };
    expect(await failure(fetchText(`http://127.0.0.1:${port}/head`, options))).toBe("timeout");
    expect(await failure(fetchText(`http://127.0.0.1:${port}/body`, options))).toBe("timeout");
    const { body } = await openUrl(`http://127.0.0.1:${port}/all`, { allow: LOOPBACK, ...options });
    let size = 0;
    for await (const chunk of body) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 400));
      size += chunk.length;
    }
    expect(size).toBe(2_000_005);
  });

  it("gives up on names, hosts and answers that do not come", async () => {
    const options = { allow: LOOPBACK, connectTimeoutMs: 100 };
    expect(await failure(fetchText("http://slow.example/", { ...options, resolve: () => new Promise(() => {}) }))).toBe(
      "timeout",
    );
    const unknown = async () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }));
    expect(await failure(fetchText("http://unknown.example/", { ...options, resolve: unknown }))).toBe("dns");
    expect(await failure(fetchText("http://empty.example/", { ...options, resolve: async () => [] }))).toBe("dns");
    const port = await serve(() => undefined);
    await open.pop()?.();
    expect(await failure(fetchText(`http://127.0.0.1:${port}/`))).toBe("connect");
    const noise = createTcp((socket) => socket.resume().end("SSH-2.0-OpenSSH\r\n"));
    expect(await failure(fetchText(`http://127.0.0.1:${await listen(noise as unknown as Server)}/`))).toBe("protocol");
  });

  it("tells bad statuses, and which may pass", async () => {
    const port = await serve((request, response) => response.writeHead(Number(request.url?.slice(1))).end("no"));
    const error = (status: number) => openUrl(`http://127.0.0.1:${port}/${status}`, { allow: LOOPBACK });
    await expect(error(404)).rejects.toMatchObject({ reason: "status", status: 404, isRetriable: false });
    await expect(error(503)).rejects.toMatchObject({ status: 503, isRetriable: true });
    await expect(error(304)).rejects.toMatchObject({ status: 304 });
    const accepted = await openUrl(`http://127.0.0.1:${port}/404`, { allow: LOOPBACK, isGoodStatus: () => true });
    expect([accepted.status, await text(accepted.body)]).toEqual([404, "no"]);
  });

  it.each(["before the first read", "after it", "while it waits"])(
    "hangs up when the body is left %s",
    async (when) => {
      const hungUp = Promise.withResolvers<void>();
      const port = await serve((_, response) => {
        response.once("close", hungUp.resolve);
        response.writeHead(200, { "content-length": 300_000_000_000 }).write(Buffer.alloc(200_000));
      });
      const { body } = await openUrl(`http://127.0.0.1:${port}/`, { allow: LOOPBACK });
      let left = when === "before the first read" ? 0 : when === "after it" ? 1 : 200_000;
      if (left > 0) {
        body.on("data", (chunk: Buffer) => {
          left -= chunk.length;
          if (left <= 0) setImmediate(() => body.destroy());
        });
      } else body.destroy();
      await hungUp.promise;
    },
  );

  it("ends when its caller leaves", async () => {
    const port = await serve((request, response) => void (request.url === "/body" && response.write("first")));
    const leaving = (path: string) => fetchText(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(50) });
    expect(await failure(leaving("/head"))).toMatch(/Timeout|aborted/);
    expect(await failure(leaving("/body"))).toMatch(/Timeout|aborted/);
    const leave = new AbortController();
    const { body } = await openUrl(`http://127.0.0.1:${port}/body`, { allow: LOOPBACK, signal: leave.signal });
    leave.abort();
    expect(await failure(text(body))).toMatch(/aborted/);
  });

  it("checks certificates against the URL's name", async () => {
    const pem = await generate([{ name: "commonName", value: "tls.example" }], {
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "tls.example" }] }],
    });
    const server = createHttps({ key: pem.private, cert: pem.cert }, (_, response) => response.end("safe"));
    const port = await listen(server as unknown as Server);
    const resolve = async () => ["127.0.0.1"];
    expect(await fetchText(`https://tls.example:${port}/`, { resolve, ca: pem.cert })).toBe("safe");
    expect(await failure(fetchText(`https://other.example:${port}/`, { resolve, ca: pem.cert }))).toBe("tls");
    expect(await failure(fetchText(`https://tls.example:${port}/`, { resolve }))).toBe("tls");
  });
});
