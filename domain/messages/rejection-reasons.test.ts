import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { REJECTION_REASONS } from "./rejection-reasons.ts";

const DOCS = new URL("../../docs/data-collection.md", import.meta.url);

describe("the reasons for rejecting", () => {
  it("are documented one by one, in their own words", () => {
    const [, section = ""] = readFileSync(DOCS, "utf8").split("\n## What is not taken\n");
    const rows = section.match(/^\| `[a-z_]+` \| .* \|$/gm);
    const expected = Object.entries(REJECTION_REASONS).map(([reason, { wrong, remedy }]) => {
      return `| \`${reason}\` | ${wrong} | ${remedy} |`;
    });
    expect(rows).toEqual(expected);
  });

  it("say in sentences what is wrong and what to do", () => {
    for (const { wrong, remedy } of Object.values(REJECTION_REASONS)) {
      expect([wrong, remedy].filter((text) => !/^[A-Z].*[.}]$/.test(text))).toEqual([]);
    }
  });
});
