import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { internalPort } from "../../domain/ports.ts";
import { type Stack, startStack } from "./stack.ts";

const KEY = "conserved00000000000000001";
const VIEWS = 120;
const EVENTS_PER_VIEW = 3;
/** Every fourth request comes twice, every sixth is nobody's. */
const [REPEATED, UNKNOWN] = [4, 6];

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ environmentKeys: [KEY] });
});

afterAll(async () => {
  await stack.stop();
});

/** Again until it is acknowledged, as the SDK does. */
async function post(viewId: string, key: string): Promise<void> {
  const events = Array.from({ length: EVENTS_PER_VIEW }, (_, at) => {
    return { e: "hb", xid: viewId, xsqno: at + 1, ake: key, uti: Date.now() };
  });
  const body = JSON.stringify({ events });
  for (;;) {
    const answer = await fetch(`http://${stack.collector}/`, { method: "POST", body }).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
  }
}

/** `playhead_views_events` by outcome; null while the program is not there. */
async function counts(): Promise<Record<string, number> | null> {
  const url = `http://127.0.0.1:${internalPort(stack.ports.socket)}/metrics`;
  const text = await fetch(url).then(
    (answer) => answer.text(),
    () => null,
  );
  if (text === null) return null;
  const lines = [...text.matchAll(/^playhead_views_events\{.*outcome="(\w+)".*\} (\d+)$/gm)];
  const difference = /^playhead_conservation_difference(?:\{.*\})? (\S+)$/m.exec(text)?.[1];
  return {
    ...Object.fromEntries(lines.map(([, name, count]) => [name, Number(count)])),
    difference: Number(difference),
  };
}

describe("the law of conservation", () => {
  it("received = in views + repeats + rejected + late, each event once, through kills of views", async () => {
    let repeats = 0;
    let unknown = 0;
    for (let view = 0; view < VIEWS; view += 1) {
      await post(`view-${view}`, KEY);
      if (view % REPEATED === 0) {
        await post(`view-${view}`, KEY);
        repeats += EVENTS_PER_VIEW;
      }
      if (view % UNKNOWN === 0) {
        await post(`stranger-${view}`, "nobody00000000000000000001");
        unknown += EVENTS_PER_VIEW;
      }
      if (view % 50 === 30) await stack.restart("views", view % 100 === 30 ? "SIGKILL" : "SIGTERM");
    }
    await stack.restart("views", "SIGKILL");
    const folded = VIEWS * EVENTS_PER_VIEW;
    const other = { late: 0, skipped: 0 };
    const truth = { received: folded + repeats + unknown, folded, repeated: repeats, rejected: unknown, ...other };
    await expect.poll(counts, { timeout: 30_000 }).toEqual({ ...truth, difference: 0 });
    await stack.restart("views", "SIGTERM");
    await expect.poll(counts, { timeout: 30_000 }).toEqual({ ...truth, difference: 0 });
  }, 120_000);
});
