import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startViewsTable } from "../../platform/clickhouse/questions/testing/views-table.ts";
import type { StoredSample } from "../../platform/clickhouse/rejected-beacons.ts";
import type { TestClickHouse } from "../../platform/clickhouse/testing.ts";
import { withoutForgotten } from "./forgotten-views.ts";
import { storedSample } from "./testing/stored-sample.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.now();
const COLUMNS = ["environment_id", "view_id", "sequence", "late", "view_first_seen", "server_time", "expires_on"];

let clickhouse: TestClickHouse;

/** An event of environment 2 that arrived so many hours ago. */
function eventRow(viewId: string, sequence: number, hoursAgo: number, late = 0): unknown[] {
  const at = new Date(NOW_MS - hoursAgo * HOUR_MS);
  return [2, viewId, sequence, late, new Date(NOW_MS - 100 * HOUR_MS), at, "2999-01-01"];
}

beforeAll(async () => {
  clickhouse = await startViewsTable();
  await clickhouse.client.insert("events", COLUMNS, [
    eventRow("old", 1, 50),
    eventRow("old", 2, 40),
    eventRow("old", 3, 1, 1), // late
    eventRow("long", 1, 50),
    eventRow("long", 2, 20),
  ]);
});
afterAll(async () => {
  await clickhouse.stop();
});

const beacon = (...viewIds: string[]) =>
  JSON.stringify({ events: viewIds.map((viewId) => ({ e: "hb", xid: viewId, xsqno: "?" })) });

async function isSent(sample: Partial<StoredSample>, environmentIds = [1, 2]): Promise<boolean> {
  async function* one() {
    yield storedSample({ at_ms: NOW_MS - 40 * HOUR_MS, ...sample });
  }
  let leftOut = 0;
  const onLeftOut = () => {
    leftOut += 1;
  };
  const deps = { clickhouse: clickhouse.client, environmentIds, nowMs: () => NOW_MS, onLeftOut };
  const sent: StoredSample[] = [];
  for await (const each of withoutForgotten(one(), deps)) sent.push(each);
  expect(sent.length + leftOut).toBe(1);
  return sent.length === 1;
}

it.each([
  ["of a view that is not stored", { body: beacon("new") }, true],
  ["of a view whose last event came in the last day", { body: beacon("long") }, true],
  ["of a view whose last event but late ones came before that", { body: beacon("old") }, false],
  ["of which one view is such", { body: beacon("new", "old") }, false],
  ["of such a view, as base64", { body: Buffer.from(beacon("old")).toString("base64"), is_base64: true }, false],
  ["of such a view, though it came just now", { body: beacon("old"), at_ms: NOW_MS }, false],
  ["with an event that names no view", { body: '{"events":[{"xid":"new"},{}]}' }, false],
  ["that is no JSON", { body: "{" }, false],
  ["that is no JSON and came today", { body: "{", at_ms: NOW_MS - HOUR_MS }, true],
  ["of CMCD", { body: beacon("new"), path: "/cmcd/key" }, false],
  [
    "that is packed",
    { body: gzipSync(beacon("new")).toString("base64"), is_base64: true, content_encoding: "x" },
    false,
  ],
])("decides about a sample %s", async (_, sample, sent) => {
  expect(await isSent(sample)).toBe(sent);
});

it("asks for views of the environments that there are", async () => {
  expect(await isSent({ body: beacon("old") }, [1])).toBe(true);
});
