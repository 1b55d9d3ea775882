import { writeFileSync } from "node:fs";
import { metricsPage } from "./docs/metrics-page.ts";

// Writes docs/metrics.md anew from domain/metrics.
writeFileSync(new URL("../docs/metrics.md", import.meta.url), metricsPage());
