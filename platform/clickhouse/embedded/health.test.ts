import { describe, expect, it } from "vitest";
import { damageText } from "./health.ts";

const part = { table: "playhead.views", partition: "20260119", reason: "broken-on-start", parts: 2 };

describe("damageText", () => {
  it("says nothing where nothing is damaged", () => {
    expect(damageText([], 0)).toBeNull();
  });

  it("names each table and partition once", () => {
    const text = damageText(
      [part, { ...part, reason: "covered-by-broken", parts: 1 }, { ...part, partition: "20260126" }],
      0,
    );
    expect(text).toContain("5 damaged parts");
    expect(text).toContain(": playhead.views 20260119, playhead.views 20260126;");
  });

  it("tells of damage that only reading meets", () => {
    expect(damageText([], 3)).toContain("3 reads since the start met damaged data");
  });
});
