import { describe, expect, it } from "vitest";
import type { EventRow } from "./event-rows.ts";
import { eventsLeftOut } from "./events-left-out.ts";

const row = (name: string, details_cut = 0): EventRow => ({
  ...{ sequence: 1, late: 0, name, server_time_ms: 0, sent_time_ms: null, viewer_time_ms: 0, playhead_ms: 0 },
  ...{ details: "{}", error_severity: "", error_type: "", details_cut, total_events: 9, total_requests: 5 },
});

describe("eventsLeftOut", () => {
  it("counts what is not there, requests among it, and what was cut", () => {
    const rows = [row("play"), row("error", 1), row("requestfailed"), row("requestcompleted", 1)];
    expect(eventsLeftOut(rows)).toEqual({ events: 5, requests: 3, cutDetails: 2 });
  });

  it("is nothing of a view without events", () => {
    expect(eventsLeftOut([])).toEqual({ events: 0, requests: 0, cutDetails: 0 });
  });
});
