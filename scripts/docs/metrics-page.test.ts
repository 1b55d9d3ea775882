import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { METRICS } from "../../domain/metrics/metrics.ts";
import { metricsPage } from "./metrics-page.ts";

describe("docs/metrics.md", () => {
  it("is what the definitions make of it: run `node scripts/docs-metrics.ts` after changing them", () => {
    expect(readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8")).toBe(metricsPage());
  });

  it("tells every metric with its formula", () => {
    const page = metricsPage();
    for (const { id, sentence, formula } of METRICS) {
      expect(page).toContain(`\`${id}\``);
      expect(page).toContain(sentence);
      expect(page).toContain(formula);
    }
  });
});
