import { expect, it } from "vitest";
import { runWebhooks } from "./webhooks-run.ts";

it("brings every event to all that take it, though one refuses some, two hang and the server is killed", async () => {
  const { healthy, failing, hanging } = await runWebhooks({
    ...{ events: 60, perSecond: 30, kills: 1, hanging: 2, seed: 3, patienceMs: 100_000, say: () => undefined },
  });
  expect([...healthy, failing].map(({ name, lost }) => [name, lost])).toEqual([
    ["one", 0],
    ["two", 0],
    ["three", 0],
    ["failing", 0],
  ]);
  expect(failing.requests).toBeGreaterThan(60);
  expect(hanging).toHaveLength(2);
  for (const { requests, taken } of hanging) {
    expect(requests).toBeGreaterThan(0);
    expect(taken).toBe(0);
  }
}, 150_000);
