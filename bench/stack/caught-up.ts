import { setTimeout as sleep } from "node:timers/promises";
import { internalPort, type Ports } from "../../domain/ports.ts";

const CAUGHT_UP_MS = 60_000;

/** Waits until everything that arrived before `momentMs` is stored, by the views program's own metric. */
export async function untilCaughtUp({ ports }: { ports: Ports }, momentMs: number): Promise<void> {
  const deadlineMs = Date.now() + CAUGHT_UP_MS;
  while (Date.now() < deadlineMs) {
    const text = await fetch(`http://127.0.0.1:${internalPort(ports.socket)}/metrics`).then((answer) => answer.text());
    const delay = /^playhead_realtime_delay_seconds\S* (\S+)$/m.exec(text)?.[1];
    if (delay !== undefined && Date.now() - Number(delay) * 1_000 > momentMs) return;
    await sleep(200);
  }
  throw new Error(`the store did not catch up within ${CAUGHT_UP_MS} ms`);
}
