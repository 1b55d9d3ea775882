import { describe, expect, it } from "vitest";
import { complaintsOf } from "./report.ts";
import type { SoakResult } from "./soak-run.ts";

const COUNTS = { requests: 20, acknowledged: 20, refused: 0, unanswered: 0, events: 120, bodyBytes: 1 };

/** A soak in which every promise was kept. */
const KEPT: SoakResult = {
  arguments: { log: "kafka", events: 100, kills: 3, pauses: 1, seed: 1, help: false },
  simulated: { ...COUNTS, startedAtMs: 0, endedAtMs: 1, failed: 0, lastError: null },
  disturbed: {
    kills: new Map([
      ["edge", 1],
      ["postgres", 2],
    ]),
    pauses: new Map([["broker", 1]]),
  },
  crashes: [],
  comparison: {
    ...{ lost: 0, doubled: 0, invented: 0, viewRows: 0, figures: 0, examples: [] },
    ...{ acknowledged: 100, stored: 100, views: 10, judged: 9 },
  },
  rows: { folded: 100, stored: 100 },
  outcomes: { received: 110, folded: 100, repeated: 10, late: 0, rejected: 0 },
  logged: 110,
  pending: 0,
  replay: [{ table: "events", rows: 100, replayed: 100, different: 0, examples: [] }],
  counting: { views: 4, events: 12 },
};

describe("complaintsOf", () => {
  it("has none when every promise is kept", () => {
    expect(complaintsOf(KEPT)).toEqual([]);
  });

  it("does not take a pause for a kill", () => {
    const disturbed = { kills: new Map([["edge", 2]]), pauses: new Map([["broker", 9]]) };
    expect(complaintsOf({ ...KEPT, disturbed })).toEqual(["only 2 of 3 kills took place"]);
  });

  it("tells pauses that did not take place, where there are any to be made", () => {
    const disturbed = { ...KEPT.disturbed, pauses: new Map() };
    expect(complaintsOf({ ...KEPT, disturbed })).toEqual(["only 0 of 1 pauses took place"]);
    expect(complaintsOf({ ...KEPT, disturbed, arguments: { ...KEPT.arguments, log: "embedded" } })).toEqual([]);
  });

  it("tells folded events without a row, although nothing acknowledged is lost", () => {
    const rows = { folded: 100, stored: 99 };
    expect(complaintsOf({ ...KEPT, rows })).toEqual(["99 rows of events that count are stored, 100 were folded"]);
  });
});
