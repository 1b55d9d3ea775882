import { describe, expect, it } from "vitest";
import { damageText } from "./health.ts";

const part = { table: "playhead.views", partition: "20260119", reason: "broken-on-start", parts: 2 };

describe("damageText", () => {
  it("says nothing where nothing is damaged", () => {
    expect(damageText([], null)).toBeNull();
  });

  it("names each table and partition once", () => {
    const text = damageText(
      [part, { ...part, reason: "covered-by-broken", parts: 1 }, { ...part, partition: "20260126" }],
      null,
    );
    expect(text).toContain("5 damaged parts");
    expect(text).toContain(": playhead.views 20260119, playhead.views 20260126;");
  });

  it("tells of damage that only reading meets", () => {
    const text = damageText([], { count: 3, lastMs: Date.UTC(2026, 0, 19, 12) });
    expect(text).toContain("3 reads since the start met damaged data, the last at 2026-01-19T12:00:00.000Z");
  });
});
