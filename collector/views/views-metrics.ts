import { Gauge } from "prom-client";
import type { Metrics } from "../../platform/observability/metrics.ts";
import type { CheckResult, Readiness } from "../../platform/observability/readiness.ts";
import { unaccounted } from "./event-counts.ts";
import type { Views } from "./views.ts";

/** Beacons further behind than this are a reason to look, and not to send more dashboards here. */
const MAX_DELAY_MS = 30_000;

/**
 * Gauges of the fold. `playhead_views_events` is kept with the positions in the log that it reaches to: summed over the
 * processes that hold the partitions it counts each event once, whatever was killed and read again, and
 * received = folded + repeated + late + rejected + skipped. What the edge did not take is in the first and the last.
 */
export function watchViews(views: Views, rejectedByEdge: () => number, metrics: Metrics): void {
  const registers = [metrics];
  new Gauge({
    name: "playhead_views_open",
    help: "Views that may still change",
    registers,
    collect() {
      this.set(views.openViews());
    },
  });
  new Gauge({
    name: "playhead_views_events",
    help: "Events of the log up to the position reached, by what became of them; received is their sum",
    labelNames: ["outcome"],
    registers,
    collect() {
      const [counts, notTaken] = [views.eventCounts(), rejectedByEdge()];
      const all = { ...counts, received: counts.received + notTaken, rejected: counts.rejected + notTaken };
      for (const [outcome, count] of Object.entries(all)) this.set({ outcome }, count);
    },
  });
  new Gauge({
    name: "playhead_views_pending",
    help: "Of topic beacons, not yet read: bytes or records, as the log counts; 0 at rest",
    registers,
    collect() {
      this.set(Math.max(0, ...views.lag().values()));
    },
  });
  new Gauge({
    name: "playhead_conservation_difference",
    help: "Events received of which nobody knows what became of them: 0 unless the fold is wrong",
    registers,
    collect() {
      this.set(unaccounted(views.eventCounts()));
    },
  });
}

/** What keeps views from being folded and stored, and what an operator should know of. */
export function checkViews(views: Views, asOfMs: () => number | null, readiness: Readiness, nowMs: () => number): void {
  readiness.add("event log", () => {
    const { log, checkpoints } = views.trouble();
    if (log !== null) return { ok: false, reason: log };
    return checkpoints === null ? { ok: true } : { ok: true, degraded: `no checkpoint can be written: ${checkpoints}` };
  });
  readiness.add("watermark", () => watermark(asOfMs(), nowMs()));
  readiness.add("conservation of events", () => {
    const difference = unaccounted(views.eventCounts());
    return difference === 0 ? { ok: true } : { ok: true, degraded: `${difference} events are unaccounted for` };
  });
}

function watermark(asOfMs: number | null, nowMs: number): CheckResult {
  if (asOfMs === null) return { ok: false, reason: "not every partition has been read yet" };
  const delayMs = nowMs - asOfMs;
  return delayMs < MAX_DELAY_MS ? { ok: true } : { ok: false, reason: `${Math.round(delayMs / 1_000)} s behind` };
}
