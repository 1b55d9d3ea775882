import { describe, expect, it } from "vitest";
import { incidentWindow, isHit, parseDuration, parseIncident } from "./incident.ts";

describe("parseIncident", () => {
  it.each([
    [
      "rebuffer:cdn=fastly:2m",
      { kind: "rebuffer", dimension: "cdn", value: "fastly", durationMs: 120_000, startMs: null },
    ],
    ["startup:country=DE", { kind: "startup", dimension: "country", value: "DE", durationMs: null, startMs: null }],
    [
      "failure:video_title=Episode 1: Arrival:30s@1.5m",
      { kind: "failure", dimension: "title", value: "Episode 1: Arrival", durationMs: 30_000, startMs: 90_000 },
    ],
    [
      "failure:title=Trailer: Winter Ferry", // what follows the colon is no duration
      { kind: "failure", dimension: "title", value: "Trailer: Winter Ferry", durationMs: null, startMs: null },
    ],
  ])("reads %s", (text, incident) => {
    expect(parseIncident(text)).toEqual({ kind: "ok", incident });
  });

  it.each(["", "rebuffer", "rebuffer:cdn", "rebuffer:cdn=", "flood:cdn=fastly", "rebuffer:planet=mars"])(
    "refuses %j with a message",
    (text) => {
      expect(parseIncident(text)).toMatchObject({ kind: "invalid", message: expect.stringMatching(/is no(t|ne)/) });
    },
  );
});

describe("an incident", () => {
  const incident = { kind: "rebuffer", dimension: "cdn", value: "Fastly", durationMs: 60_000, startMs: null } as const;

  it("begins when the ramp is over unless a time is given", () => {
    expect(incidentWindow(incident, 30_000)).toEqual({ fromMs: 30_000, toMs: 90_000 });
    expect(incidentWindow({ ...incident, startMs: 5_000, durationMs: null }, 30_000)).toEqual({
      fromMs: 5_000,
      toMs: Number.POSITIVE_INFINITY,
    });
  });

  it("hits whoever has the value, in any case", () => {
    const viewer = { cdn: "fastly", country: "DE", title: "", device: "", browser: "", os: "", player: "" };
    expect(isHit(incident, viewer)).toBe(true);
    expect(isHit(incident, { ...viewer, cdn: "akamai" })).toBe(false);
  });
});

describe("parseDuration", () => {
  it.each([
    ["250ms", 250],
    ["30s", 30_000],
    ["1.5m", 90_000],
    ["1h", 3_600_000],
    ["30", null],
    ["-3s", null],
    ["1e3s", null],
  ])("reads %s as %s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
