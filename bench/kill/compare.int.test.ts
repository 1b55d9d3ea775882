import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { ViewTruth } from "../../domain/simulation/view-truth.ts";
import { migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "../../platform/clickhouse/testing.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { compareStores } from "../soak/compare-stores.ts";
import { compareWithTruth } from "./compare.ts";
import { complaintsOfComparison } from "./complaints.ts";
import { countFoldedRows } from "./folded-rows.ts";
import { makeTablesPlain } from "./plain-tables.ts";

const FIRST_SEEN_MS = Date.parse("2026-03-01T12:00:00Z");
const DAY_MS = 86_400_000;
const FOLDED = 3;

/** One view of three events, all of them acknowledged. */
const TRUTH: ViewTruth = {
  ...{ viewerIndex: 0, viewId: "view", environmentKey: "key", videoId: "film", cdnTold: true, phase: "left" },
  dimensions: { cdn: "", country: "DE", title: "Film", device: "desktop", browser: "Chrome", os: "Linux", player: "x" },
  ...{ loadedAtMs: 0, intentAtMs: 0, firstFrameAtMs: 500, startupMs: 500, failure: null, endedAtMs: 10_000 },
  ...{ watching: [], rebuffering: [], seeking: [], watchMs: 9_000, rebufferCount: 1, rebufferMs: 700 },
  ...{ seekCount: 0, seekMs: 0, maxPlayheadMs: 8_000, emitted: FOLDED, sent: [1, 2, 3], acknowledged: [1, 2, 3] },
};

let engines: TestClickHouse[];

beforeAll(async () => {
  engines = [await startTestClickHouse(), await startTestClickHouse()];
  const directory = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  const log = createLogger("test", "silent");
  for (const { client } of engines) await migrateClickHouse({ clickhouse: client, directory, cluster: null, log });
});
beforeEach(async () => {
  for (const { client } of engines) {
    for (const table of ["events", "views"]) await client.command(`TRUNCATE TABLE ${table}`);
    for (const sequence of [1, 2, 3]) await addEvent(client, { sequence });
    await addView(client);
  }
});
afterAll(async () => {
  for (const engine of engines) await engine.stop();
});

type Client = TestClickHouse["client"];

async function addEvent(client: Client, event: { sequence: number; late?: number; firstSeenMs?: number }) {
  const { sequence, late = 0, firstSeenMs = FIRST_SEEN_MS } = event;
  const columns = ["environment_id", "view_id", "sequence", "late", "view_first_seen", "expires_on"];
  await client.insert("events", columns, [[1, "view", sequence, late, clickhouseTime(firstSeenMs), "2099-01-01"]]);
}

async function addView(client: Client, { firstSeenMs = FIRST_SEEN_MS, watchMs = 9_000 } = {}) {
  const columns = ["environment_id", "first_seen", "view_id", "version", "event_count", "startup_ms", "watch_ms"];
  const more = ["rebuffer_count", "rebuffer_ms", "expires_on"];
  const row = [1, clickhouseTime(firstSeenMs), "view", 1, FOLDED, 500, watchMs, 1, 700, "2099-01-01"];
  await client.insert("views", [...columns, ...more], [row]);
}

async function complaints(truth: readonly ViewTruth[] = [TRUTH]): Promise<string[]> {
  const client = first();
  const comparison = await compareWithTruth(client, 1, truth, true);
  return complaintsOfComparison(comparison, await countFoldedRows(client, FOLDED, true));
}

function clickhouseTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1).replace("T", " ");
}

function first(): Client {
  return (engines[0] as TestClickHouse).client;
}

it("finds nothing wrong where the store holds what was sent, inserted once or again", async () => {
  expect(await complaints()).toEqual([]);
  await addEvent(first(), { sequence: 2 });
  await addView(first());
  expect(await complaints()).toEqual([]);
});

it("finds an event that is stored as one that counts and as a late one", async () => {
  await addEvent(first(), { sequence: 2, late: 1 });
  expect(await complaints()).toEqual(["1 events are stored twice"]);
  const { examples } = await compareWithTruth(first(), 1, [TRUTH], true);
  expect(examples).toEqual(["2 rows of view/2, 1 of them late"]);
});

it("finds an event that is stored under two days", async () => {
  await addEvent(first(), { sequence: 2, firstSeenMs: FIRST_SEEN_MS + DAY_MS });
  expect(await complaints()).toEqual([
    "1 events are stored twice",
    "4 rows of events that count are stored, 3 were folded",
  ]);
});

it("finds an event that was folded and then stored as a late one", async () => {
  await first().command("ALTER TABLE events DELETE WHERE sequence = 3 SETTINGS mutations_sync = 1");
  await addEvent(first(), { sequence: 3, late: 1 });
  expect(await complaints()).toEqual(["2 rows of events that count are stored, 3 were folded"]);
});

it("finds a view that was opened twice", async () => {
  await addView(first(), { firstSeenMs: FIRST_SEEN_MS + DAY_MS });
  expect(await complaints()).toEqual(["1 views have no row, or more than one"]);
});

it("does not pass when too few views could be judged", async () => {
  const unfinished = { ...TRUTH, viewId: "unfinished", emitted: 0, sent: [], acknowledged: [] };
  expect(await complaints([TRUTH, unfinished])).toEqual(["only 1 of 2 views could be judged"]);
});

it("tells two stores apart that differ only in rows beside others of the same view", async () => {
  const [one, other] = engines.map(({ client }) => client) as [Client, Client];
  const differences = async () => (await compareStores(one, other)).map(({ different }) => different);
  expect(await differences()).toEqual([0, 0, 0]);
  await addEvent(one, { sequence: 2, late: 1 });
  await addView(one, { firstSeenMs: FIRST_SEEN_MS - 8 * DAY_MS });
  expect(await differences()).toEqual([1, 1, 0]);
  await addEvent(one, { sequence: 1, firstSeenMs: FIRST_SEEN_MS + DAY_MS });
  expect(await differences()).toEqual([2, 1, 0]); // the same row in another partition, beside its twin
});

it("finds in plain tables what is inserted again", async () => {
  const { client } = engines[1] as TestClickHouse;
  await makeTablesPlain(client);
  for (const sequence of [1, 2, 3]) await addEvent(client, { sequence });
  await addView(client);
  expect(await compareWithTruth(client, 1, [TRUTH], false)).toMatchObject({
    lost: 0,
    doubled: 0,
    viewRows: 0,
    judged: 1,
  });
  await addEvent(client, { sequence: 2 });
  await addView(client);
  expect(await compareWithTruth(client, 1, [TRUTH], false)).toMatchObject({ lost: 0, doubled: 1, viewRows: 1 });
  expect(await countFoldedRows(client, FOLDED, false)).toEqual({ folded: FOLDED, stored: 4 });
});
