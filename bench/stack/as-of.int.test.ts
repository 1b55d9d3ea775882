import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { z } from "zod";
import { askStoredUntil } from "../../domain/monitoring/ask-stored-until.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ environmentKeys: ["asoftest000000000000000001"] });
});
afterAll(() => stack.stop());

const Row = z.object({ as_of_ms: z.number() });

/** Log time up to which everything is stored, as the server hears of it. */
async function asOfMs(): Promise<number> {
  const { sql, params } = askStoredUntil();
  const [row] = await stack.clickhouse.query(sql, params, Row);
  return row?.as_of_ms ?? 0;
}

/** It gets there behind the present by what a tick, a round of storing and the word about it take. */
const expectPast = (ms: number) =>
  vi.waitFor(async () => expect(await asOfMs()).toBeGreaterThan(ms), { timeout: 20_000, interval: 100 });

it("follows the present though nobody watches, and again after the program that tells it was killed", async () => {
  await expectPast(Date.now());
  await stack.restart("views", "SIGKILL");
  await expectPast(Date.now());
  expect(await asOfMs()).toBeLessThanOrEqual(Date.now());
});
