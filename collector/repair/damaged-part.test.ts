import { describe, expect, it } from "vitest";
import { type DamagedPart, outcomeOf } from "./damaged-part.ts";

const HOUR_MS = 3_600_000;
/** A Thursday. */
const LOG_FROM = Date.UTC(2026, 0, 22);
const cut = { fromMs: LOG_FROM, whole: false };

const part = (table: string, partition: string): DamagedPart => ({ table, partition, name: "x", reason: "broken" });

describe("outcomeOf", () => {
  it("brings everything back while the log is whole", () => {
    const whole = { fromMs: LOG_FROM, whole: true };
    expect(outcomeOf(part("views", "20260105"), whole)).toEqual({ kind: "repaired" });
    expect(outcomeOf(part("events", "20260105"), whole)).toEqual({ kind: "repaired" });
  });

  it("says from when on a week that began before the log comes back", () => {
    expect(outcomeOf(part("views", "20260119"), cut)).toEqual({ kind: "partly", fromMs: LOG_FROM + HOUR_MS });
    expect(outcomeOf(part("views", "20260126"), cut)).toEqual({ kind: "repaired" });
    expect(outcomeOf(part("views", "20260112"), cut)).toMatchObject({ kind: "lost" });
  });

  it("counts a day of events as a day", () => {
    expect(outcomeOf(part("events", "20260121"), cut)).toMatchObject({ kind: "lost" });
    expect(outcomeOf(part("events", "20260122"), cut)).toMatchObject({ kind: "partly" });
    expect(outcomeOf(part("events", "20260123"), cut)).toEqual({ kind: "repaired" });
  });

  it("loses everything with an empty log, but for what is made of stored rows", () => {
    const empty = { fromMs: null, whole: true };
    expect(outcomeOf(part("views", "20260126"), empty)).toMatchObject({ kind: "lost" });
    expect(outcomeOf(part("dimension_values", "all"), empty)).toEqual({ kind: "repaired" });
  });

  it("names what else can be done for tables that no log makes", () => {
    expect(outcomeOf(part("schema_migrations", "all"), cut)).toMatchObject({
      kind: "other",
      advice: expect.stringContaining("migrate"),
    });
  });
});
