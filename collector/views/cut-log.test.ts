import { expect, it } from "vitest";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { newFold, run, Tables } from "../testing/fold-run.ts";
import { longLog, withoutFirst, withoutLate } from "../testing/long-log.ts";
import { Checkpoints } from "./checkpoint.ts";
import { unaccounted } from "./event-counts.ts";
import type { PartitionFold } from "./partition-fold.ts";

/** What folding a log stores that was cut, with a start from a checkpoint after each part. */
async function foldCut(log: readonly StoredRecord[], tables: Tables, partLength: number): Promise<PartitionFold> {
  let fold = newFold();
  fold.cutAtMs = Number.POSITIVE_INFINITY;
  for (let at = 0; at < log.length; at += partLength) {
    fold.apply(log.slice(at, at + partLength));
    tables.insert(fold.collect());
    fold = await restarted(fold);
  }
  return fold;
}

async function restarted(fold: PartitionFold): Promise<PartitionFold> {
  const { records } = new Checkpoints(0, "writer").write(fold);
  const next = newFold();
  async function* stored(): AsyncIterable<StoredRecord> {
    for (const record of records) yield { ...record, offset: 0, nextOffset: 0 };
  }
  expect(await new Checkpoints(0, "next").read(stored(), next)).toBe(true);
  return next;
}

it("folding a log whose beginning is gone leaves every stored row as it is, wherever it was cut", async () => {
  const log = longLog();
  const stored = run(log, [7]).tables;
  const cuts = log.flatMap(({ value }, at) => (value.includes("tickMs") ? [] : [at, at + 1]));
  for (const cut of cuts.filter((_, at) => at % 3 === 0)) {
    const tables = stored.copy();
    const fold = await foldCut(withoutFirst(log, cut), tables, 150);
    expect(withoutLate(tables), `cut at record ${cut}`).toEqual(withoutLate(stored));
    expect(unaccounted(fold.counts)).toBe(0);
  }
});

it("folding a log whose beginning is gone stores the views that begin in it", async () => {
  const log = longLog();
  const fold = await foldCut(withoutFirst(log, 5), new Tables(), 150);
  expect(fold.counts.folded).toBeGreaterThan(0);
  expect(fold.counts.skipped).toBeGreaterThan(0);
  expect(fold.cutAtMs).toBeNull(); // a day and a half later
});
