import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { internalPort, portsFrom } from "../../../domain/ports.ts";
import { freePort } from "../../postgres/testing.ts";
import { CERTIFICATE_FILE } from "./certificate.ts";

let directory: string;
const closing: (() => unknown)[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "playhead-"));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await rm(directory, { recursive: true, force: true });
});

async function startFront(base: number) {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./main.ts", import.meta.url))], {
    env: { PATH: "/usr/bin:/bin", PLAYHEAD_PORT_BASE: String(base), TLS_DIR: join(directory, "tls") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  closing.push(() => child.kill("SIGKILL")); // no effect when it ended as it should
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  await vi.waitFor(() => expect(output).toContain('"msg":"listening"'), { timeout: 15_000 });
  return {
    certificate: await readFile(join(directory, "tls", CERTIFICATE_FILE), "utf8"),
    stop: async () => {
      child.kill("SIGTERM");
      return once(child, "exit");
    },
  };
}

/** Services that say who they are. */
async function serve(port: number, name: string): Promise<void> {
  const server = createServer((_, response) => response.end(name)).listen(port, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
}

describe("the program", () => {
  it("leads the four names to their services under one certificate, kept over a restart", async () => {
    const base = await freePort();
    const ports = portsFrom(base);
    await serve(ports.server, "server");
    await serve(ports.collector, "collector");
    await serve(ports.delivery, "delivery");
    const front = await startFront(base);
    const ask = async (host: string): Promise<string> => {
      const outgoing = request({
        host: "127.0.0.1",
        port: ports.tls,
        servername: host,
        ca: front.certificate,
        agent: false,
      });
      const [response] = await once(outgoing.setHeader("host", host).end(), "response");
      return text(response);
    };
    expect(await ask("localhost")).toBe("server");
    expect(await ask("stream.localhost")).toBe("delivery");
    expect(await ask("image.localhost")).toBe("delivery");
    expect(await ask("beacon.localhost")).toBe("collector");
    await expect(ask("app.localhost")).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    const internal = `http://127.0.0.1:${internalPort(ports.tls)}`;
    expect((await fetch(`${internal}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${internal}/metrics`)).text()).toContain('connections_total{outcome="piped"');
    expect(await front.stop()).toEqual([0, null]);

    const again = await startFront(base);
    expect(again.certificate).toBe(front.certificate);
    expect(await again.stop()).toEqual([0, null]);
  });
});
