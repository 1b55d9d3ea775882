import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { compareAnswers } from "./compare-answers.ts";
import { missingColumns } from "./generated-columns.ts";
import { kindsOf } from "./kinds.ts";
import { openQueryStore, type QueryStore, someView } from "./query-store.ts";

/** Enough for every title that is asked about, few enough for a test. */
const VIEWS = 30_000;

let folder: string;
let store: QueryStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-queries-"));
  store = await openQueryStore({ folder, views: VIEWS, say: () => undefined });
});

afterAll(async () => {
  await store.stop();
  await rm(folder, { recursive: true, force: true });
});

async function number(sql: string): Promise<number> {
  const [row] = await store.clickhouse.query(`SELECT toFloat64(${sql}) AS n`, {}, z.object({ n: z.number() }));
  return row?.n ?? Number.NaN;
}

describe("the generated views", () => {
  it("fill every column of a view's record", () => {
    expect(missingColumns()).toEqual([]);
  });

  it("are as many as asked, half of them in one of twenty environments, 3 % with a second version", async () => {
    expect(await number("(SELECT count() FROM views FINAL)")).toBe(VIEWS);
    expect(await number("(SELECT count() FROM views FINAL WHERE environment_id = 1)")).toBe(VIEWS / 2);
    expect(await number("(SELECT uniqExact(environment_id) FROM views)")).toBe(20);
    expect(await number("(SELECT count() FROM views FINAL WHERE version % 2 = 0)")).toBeCloseTo(VIEWS * 0.03, -2);
  });

  it("are skewed: a few titles are watched much more than most", async () => {
    const top =
      "SELECT count() AS c FROM views FINAL WHERE environment_id = 1 GROUP BY video_title ORDER BY c DESC LIMIT 10";
    expect(await number(`(SELECT sum(c) FROM (${top}))`)).toBeGreaterThan(VIEWS * 0.1);
    expect(await number("(SELECT uniqExact(video_title) FROM views WHERE environment_id = 1)")).toBeGreaterThan(3_000);
  });
});

it("gets the same answers from our questions and from SQL written by hand", async () => {
  expect(await compareAnswers(store, kindsOf(await someView(store)))).toEqual([]);
});

it("is opened again without filling it anew", async () => {
  await store.stop();
  const lines: string[] = [];
  store = await openQueryStore({ folder, views: VIEWS, say: (line) => lines.push(line) });
  expect(lines).toEqual([]);
  expect(await number("(SELECT count() FROM views FINAL)")).toBe(VIEWS);
});
