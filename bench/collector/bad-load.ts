import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { recordedBeacons } from "../fuzz/recorded-beacons.ts";

export interface BadOrder {
  port: number;
  seconds: number;
  perSecond: number;
  kind: "cut_off" | "bombs";
}

/** All of one network, as a proxy on this machine would pass it on. */
const ADDRESS = "198.51.100.66";
const TURN_MS = 10;
const CONNECTIONS = 64;

/** Sends bad requests at a fixed rate, whatever becomes of them. Started by bench/hostile-sender.ts as a process of its own. */
const cutOff = recordedBeacons(process.argv[2] ?? "")
  .filter(({ body }) => body.length > 1_000)
  .map(({ body }) => Buffer.from(body.slice(0, -5)));
const bomb = gzipSync(Buffer.alloc(16 * 1_048_576, "[1,"));

process.on("message", (order: BadOrder) => {
  flood(order).then((sent) => process.send?.({ sent }));
});
process.on("disconnect", () => process.exit(0));
process.send?.({ bodies: cutOff.length });

async function flood({ port, seconds, perSecond, kind }: BadOrder): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const headers = { "x-forwarded-for": ADDRESS, ...(kind === "bombs" ? { "content-encoding": "gzip" } : {}) };
  const startedMs = performance.now();
  let sent = 0;
  while (performance.now() - startedMs < seconds * 1_000) {
    const due = ((performance.now() - startedMs) / 1_000) * perSecond;
    for (; sent < due; sent += 1) {
      const body = kind === "bombs" ? bomb : (cutOff[sent % cutOff.length] as Buffer);
      const one = request({ host: "127.0.0.1", port, agent, method: "POST", headers });
      one.on("response", (response) => response.resume());
      one.on("error", () => undefined); // closed: that is an answer too
      one.end(body);
    }
    await sleep(TURN_MS);
  }
  agent.destroy();
  return sent;
}
