import { createSocket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import { createResolve, type ResolveOptions } from "./resolve-host.ts";

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const HEAD_BYTES = 12;
const NO_NAME = 3;
const A = 1;

/** A name server that knows `names`, says nothing about what begins with "slow" and that there is nothing else (RFC 1035 §4.1). */
async function startNameServer(names: Record<string, number[]>): Promise<{ address: string; asked: string[] }> {
  const socket = createSocket("udp4");
  open.push(() => socket.close());
  const asked: string[] = [];
  socket.on("message", (query, from) => {
    const end = query.indexOf(0, HEAD_BYTES) + 5;
    const name = nameAt(query);
    asked.push(name);
    if (name.startsWith("slow")) return;
    const address = query.readUInt16BE(end - 4) === A ? names[name] : undefined;
    const answer = Buffer.from(query.subarray(0, end));
    answer.writeUInt16BE(0x8180 | (name in names ? 0 : NO_NAME), 2);
    answer.writeUInt16BE(address === undefined ? 0 : 1, 6);
    answer.writeUInt16BE(0, 10); // no additional records
    const record = address === undefined ? [] : [0xc0, HEAD_BYTES, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, ...address];
    socket.send(Buffer.concat([answer, Buffer.from(record)]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return { address: `127.0.0.1:${socket.address().port}`, asked };
}

function nameAt(query: Buffer): string {
  const labels: string[] = [];
  for (let at = HEAD_BYTES; query[at] !== 0; at += (query[at] ?? 0) + 1)
    labels.push(query.toString("latin1", at + 1, at + 1 + (query[at] ?? 0)));
  return labels.join(".").toLowerCase();
}

async function start(options: ResolveOptions = {}) {
  const { address, asked } = await startNameServer({ "well.example": [192, 0, 2, 7] });
  const lookUp = async (hostname: string) => {
    throw Object.assign(new Error(hostname), { code: "ENOTFOUND" });
  };
  const resolve = createResolve({ hostsFile: "/dev/null", nameServers: [address], lookUp, ...options });
  return { resolve, asked };
}

const never = (): AbortSignal => new AbortController().signal;

describe("createResolve", () => {
  it("answers for others at once, however many wait for a name server that does not answer", async () => {
    const looked: string[] = [];
    const { resolve } = await start({
      lookUp: (hostname) => {
        looked.push(hostname);
        return new Promise(() => undefined);
      },
    });
    const leave = new AbortController();
    const slow = Array.from({ length: 40 }, (_, n) => resolve(`slow${n % 4}.example`, leave.signal));
    const startMs = performance.now();
    expect(await resolve("well.example", never())).toEqual(["192.0.2.7"]);
    expect(performance.now() - startMs).toBeLessThan(1_000);
    leave.abort();
    const ends = await Promise.allSettled(slow);
    expect(ends.every(({ status }) => status === "rejected")).toBe(true);
    expect(performance.now() - startMs).toBeLessThan(1_500);
    expect(looked).toEqual([]);
  });

  it("asks the system for what the DNS does not know, one name at a time, and not for those who have left", async () => {
    const looked: string[] = [];
    const answers = [Promise.withResolvers<string[]>(), Promise.withResolvers<string[]>()];
    const { resolve } = await start({
      lookUp: (hostname) => answers[looked.push(hostname) - 1]?.promise ?? Promise.reject(new Error("too many")),
    });
    const leave = new AbortController();
    const first = resolve("printer.local", never());
    await expect.poll(() => looked).toEqual(["printer.local"]);
    const left = Array.from({ length: 32 }, () => resolve("unknown.example", leave.signal));
    const last = resolve("camera.local", never());
    expect(await resolve("well.example", never())).toEqual(["192.0.2.7"]);
    leave.abort(new Error("left"));
    answers[0]?.resolve(["10.0.0.1"]);
    answers[1]?.resolve(["10.0.0.2"]);
    expect(await Promise.all([first, last])).toEqual([["10.0.0.1"], ["10.0.0.2"]]);
    expect(new Set((await Promise.allSettled(left)).map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(looked).toEqual(["printer.local", "camera.local"]);
  });

  it("leaves names without a dot to the system, whatever it is busy with otherwise", async () => {
    const { resolve, asked } = await start({
      lookUp: (hostname) => (hostname === "receiver" ? Promise.resolve(["10.0.0.3"]) : new Promise(() => undefined)),
    });
    void resolve("unknown.example", never());
    await expect.poll(() => asked).toContain("unknown.example");
    expect(await resolve("receiver", never())).toEqual(["10.0.0.3"]);
    expect(asked).not.toContain("receiver");
  });

  it("knows the system's hosts file", async () => {
    const { resolve, asked } = await start({ hostsFile: "/etc/hosts" });
    expect(await resolve("localhost", never())).toContain("127.0.0.1");
    expect(asked).toEqual([]);
  });

  it("rejects for names that nobody knows, and for what is no name", async () => {
    const { resolve } = await start();
    for (const name of ["unknown.example", "unknown", "a..b", `${"x".repeat(70)}.example`])
      await expect(resolve(name, never()), name).rejects.toThrow();
  });
});
