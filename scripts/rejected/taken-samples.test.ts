import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StoredSample } from "../../platform/clickhouse/rejected-beacons.ts";
import { TakenSamples } from "./taken-samples.ts";
import { storedSample } from "./testing/stored-sample.ts";

const DAY_MS = 86_400_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "playhead-taken-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function left(taken: TakenSamples, samples: StoredSample[]): Promise<StoredSample[]> {
  async function* all() {
    yield* samples;
  }
  const found: StoredSample[] = [];
  for await (const sample of taken.without(all())) found.push(sample);
  return found;
}

it("offers no sample again that was taken, in this run or a later one, until it is gone itself", async () => {
  const [first, second] = [storedSample({ at_ms: 5, position: 1 }), storedSample({ at_ms: 5, position: 2 })];
  const taken = new TakenSamples(folder);
  expect(await left(taken, [first, second])).toEqual([first, second]);
  taken.add(first);
  expect(await left(taken, [first, second])).toEqual([second]);
  taken.save(7 * DAY_MS);
  expect(await left(new TakenSamples(folder), [first, second])).toEqual([second]);
  taken.save(7 * DAY_MS + 5);
  expect(await left(new TakenSamples(folder), [first])).toEqual([first]);
});
