import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askEventPage } from "../../../domain/metrics/ask/ask-event-page.ts";
import { askEvents } from "../../../domain/metrics/ask/ask-events.ts";
import type { EventRow } from "../../../domain/metrics/ask/event-rows.ts";
import { eventsLeftOut } from "../../../domain/metrics/ask/events-left-out.ts";
import type { TestClickHouse } from "../testing.ts";
import { answer, environment, startViewsTable } from "./testing/views-table.ts";

let clickhouse: TestClickHouse;
const firstSeenMs = Date.UTC(2026, 4, 4);

const COLUMNS = [
  ...["environment_id", "view_id", "sequence", "late", "view_first_seen", "name", "server_time", "sent_time"],
  ...["viewer_time", "playhead_ms", "details", "expires_on"],
];

interface StoredEvent {
  view: string;
  sequence: number;
  environmentId?: number;
  late?: number;
  name?: string;
  /** After `firstSeenMs`. */
  viewerMs?: number;
  details?: string;
}

async function store(events: readonly StoredEvent[]): Promise<void> {
  const rows = events.map(
    ({ view, sequence, environmentId = 4, late = 0, name = "hb", viewerMs = sequence, details = "{}" }) => [
      ...[environmentId, view, sequence, late, new Date(firstSeenMs), name, new Date(firstSeenMs + 5)],
      ...[
        sequence === 1 ? null : new Date(firstSeenMs + 3),
        new Date(firstSeenMs + viewerMs),
        -3,
        details,
        "2105-01-01",
      ],
    ],
  );
  await clickhouse.client.insert("events", COLUMNS, rows);
}

beforeAll(async () => {
  clickhouse = await startViewsTable();
});
afterAll(() => clickhouse.stop());

const view = (viewId: string, id = 4) => ({ environmentId: environment(id), viewId, firstSeenMs });
const timeline = (viewId: string, id = 4) => answer<EventRow>(clickhouse, askEvents(view(viewId, id)));

describe("askEvents", () => {
  it("tells the events of one view of one environment, each once, by the viewer's clock", async () => {
    const ours = [
      { view: "v", sequence: 2, viewerMs: 20 },
      { view: "v", sequence: 3, viewerMs: 10 },
      { view: "v", sequence: 1, viewerMs: 20 },
    ];
    await store([...ours, { view: "v", sequence: 7, environmentId: 9 }, { view: "w", sequence: 8 }]);
    await store([...ours, { view: "v", sequence: 2, late: 1 }, { view: "v", sequence: 4, viewerMs: 30, late: 1 }]); // the first repeats one that counted
    const rows = await timeline("v");
    expect(rows.map((row) => [row.sequence, row.late, row.sent_time_ms])).toEqual([
      [3, 0, firstSeenMs + 3],
      [1, 0, null],
      [2, 0, firstSeenMs + 3],
      [4, 1, firstSeenMs + 3],
    ]);
    expect(rows[0]).toEqual({
      ...{ sequence: 3, late: 0, name: "hb", server_time_ms: firstSeenMs + 5, sent_time_ms: firstSeenMs + 3 },
      ...{ viewer_time_ms: firstSeenMs + 10, playhead_ms: -3, details: "{}", error_severity: "", error_type: "" },
      ...{ details_cut: 0, total_events: 4, total_requests: 0 },
    });
    expect(eventsLeftOut(rows)).toEqual({ events: 0, requests: 0, cutDetails: 0 });
    expect(await timeline("v", 5)).toEqual([]);
  });

  it("of a long view keeps how it ended, then what happened, and leaves out requests", async () => {
    const requests = Array.from({ length: 25_000 }, (_, at) => ({
      view: "long",
      sequence: at + 1,
      name: "requestcompleted",
    }));
    const others = ["pause", "hb", "error", "viewend"].map((name, at) => ({
      view: "long",
      sequence: 30_000 + at,
      name,
    }));
    await store([...requests, ...others]);
    const rows = await timeline("long");
    expect(rows).toHaveLength(20_000);
    expect(rows.slice(-4).map(({ name }) => name)).toEqual(["pause", "hb", "error", "viewend"]);
    expect(rows.at(-5)?.sequence).toBe(20_000 - 4);
    expect(eventsLeftOut(rows)).toEqual({ events: 5_004, requests: 5_004, cutDetails: 0 });
  });

  it("keeps the end of a view that has nothing but other events, and more of them than an answer holds", async () => {
    const pauses = Array.from({ length: 21_000 }, (_, at) => ({ view: "busy", sequence: at + 1, name: "pause" }));
    await store([...pauses, { view: "busy", sequence: 30_000, name: "viewend" }]);
    expect((await timeline("busy")).at(-1)?.name).toBe("viewend");
  });

  it("leaves long fields out of long details, and all of them where that is not enough", async () => {
    const long = "x".repeat(20_000);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`field_${at}`, "y".repeat(900)]));
    await store([
      {
        view: "wordy",
        sequence: 1,
        name: "error",
        details: JSON.stringify({ player_error_code: "4'\\\n\u0001ü", n: 0.1, b: true, player_error_context: long }),
      },
      { view: "wordy", sequence: 2, name: "play", details: JSON.stringify(many) },
      { view: "wordy", sequence: 3, name: "pause", details: JSON.stringify({ short: "x".repeat(10_000) }) },
    ]);
    const rows = await timeline("wordy");
    expect(rows.map(({ details }) => JSON.parse(details))).toEqual([
      { player_error_code: "4'\\\n\u0001ü", n: 0.1, b: true },
      {},
      { short: "x".repeat(10_000) },
    ]);
    expect(rows.map(({ details_cut }) => details_cut)).toEqual([1, 1, 0]);
    expect(eventsLeftOut(rows)).toEqual({ events: 0, requests: 0, cutDetails: 2 });
  });

  it("holds 8 MiB of details at most, of which requests are left out first", async () => {
    const details = JSON.stringify({ url: "u".repeat(16_000) });
    const requests = Array.from({ length: 600 }, (_, at) => ({
      view: "large",
      sequence: at + 1,
      name: "requestcompleted",
      details,
    }));
    await store([...requests, { view: "large", sequence: 900, name: "viewend", details }]);
    const rows = await timeline("large");
    const bytes = rows.reduce((sum, row) => sum + row.details.length, 0);
    expect(bytes).toBeLessThanOrEqual(8 * 2 ** 20);
    expect(bytes).toBeGreaterThan(8 * 2 ** 20 - 17_000);
    expect(rows.at(-1)?.name).toBe("viewend");
    expect(eventsLeftOut(rows).requests).toBe(601 - rows.length);
  });
});

describe("askEventPage", () => {
  it.each([
    ["long", 6_000],
    ["large", 300],
    ["v", 3],
  ])("goes through all events of a view by sequence: %s", async (viewId, limit) => {
    const seen: number[] = [];
    for (;;) {
      const page = { afterSequence: seen.at(-1) ?? null, limit };
      const rows = await answer<EventRow>(clickhouse, askEventPage(view(viewId), page));
      if (rows.length === 0) break;
      expect(rows.length).toBeLessThanOrEqual(limit);
      seen.push(...rows.map(({ sequence }) => sequence));
      expect(new Set(rows.map(({ total_events }) => total_events)).size).toBe(1);
    }
    const [first] = await timeline(viewId);
    expect(seen).toHaveLength(first?.total_events ?? 0);
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    expect(new Set(seen).size).toBe(seen.length);
  });
});
