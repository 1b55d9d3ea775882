import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { METRICS } from "../../domain/metrics/metrics.ts";
import { metricsPage } from "./metrics-page.ts";
import { MONITORING_PROSE } from "./monitoring-prose.ts";

const known = JSON.parse(readFileSync(new URL("../../fixtures/wire/data-metrics.json", import.meta.url), "utf8")) as {
  monitoring_metrics: { id: string; title: string }[];
  monitoring_dimensions: { id: string }[];
};

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

  it("tells every metric and dimension of the live picture that the reference has", () => {
    const page = metricsPage();
    for (const { id, title } of known.monitoring_metrics) {
      expect(page).toContain(`| \`${id}\` | ${title} | ${MONITORING_PROSE[id]} |`);
    }
    const last = page.slice(page.indexOf("Live viewers can be told apart by"));
    for (const { id } of known.monitoring_dimensions) expect(last).toContain(`\`${id}\``);
  });
});
