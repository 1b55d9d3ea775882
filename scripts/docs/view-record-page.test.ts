import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RECORD_COLUMNS } from "../../domain/view/record-columns.ts";
import { RECORD_ORIGINS } from "../../domain/view/record-origins.ts";
import { viewRecordPage } from "./view-record-page.ts";

describe("docs/view-record.md", () => {
  it("is what the tables make of it: run `node scripts/docs-view-record.ts` after changing them", () => {
    expect(readFileSync(new URL("../../docs/view-record.md", import.meta.url), "utf8")).toBe(viewRecordPage());
  });

  it("tells of every part, in the order of the record", () => {
    expect(Object.keys(RECORD_ORIGINS)).toEqual(Object.keys(RECORD_COLUMNS));
  });
});
