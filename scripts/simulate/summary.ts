import { rebufferingShare, type ViewTruth } from "../../domain/simulation/view-truth.ts";
import type { SimulationResult } from "./run.ts";

/** What a simulation amounted to; the form of `--json`. */
export interface Summary {
  views: number;
  started: number;
  startupFailures: number;
  playbackFailures: number;
  exitsBeforeStart: number;
  startupMedianMs: number | null;
  startupP95Ms: number | null;
  /** 0..1 */
  rebufferingRatio: number | null;
  requests: number;
  acknowledged: number;
  failed: number;
  /** Distinct events that the collector acknowledged. */
  eventsAcknowledged: number;
  /** Distinct events that it never did: refused, and gone with the page. */
  eventsLost: number;
  lastError: string | null;
  seconds: number;
}

export function summarize(result: SimulationResult): Summary {
  const { truth, requests, acknowledged, failed, lastError, startedAtMs, endedAtMs } = result;
  const startups = truth.flatMap((view) => view.startupMs ?? []).sort((one, other) => one - other);
  const count = (is: (view: ViewTruth) => boolean) => truth.filter(is).length;
  const sum = (of: (view: ViewTruth) => number) => truth.reduce((total, view) => total + of(view), 0);
  return {
    views: count((view) => view.intentAtMs !== null || view.failure !== null),
    started: startups.length,
    startupFailures: count((view) => view.failure !== null && view.startupMs === null),
    playbackFailures: count((view) => view.failure !== null && view.startupMs !== null),
    exitsBeforeStart: count((view) => view.endedAtMs !== null && view.startupMs === null && view.failure === null),
    startupMedianMs: quantile(startups, 0.5),
    startupP95Ms: quantile(startups, 0.95),
    rebufferingRatio: rebufferingShare(truth, startedAtMs, endedAtMs),
    requests,
    acknowledged,
    failed,
    eventsAcknowledged: sum((view) => view.acknowledged.length),
    eventsLost: sum((view) => view.emitted - view.acknowledged.length),
    lastError,
    seconds: Math.round((endedAtMs - startedAtMs) / 100) / 10,
  };
}

function quantile(ascending: readonly number[], share: number): number | null {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? null;
}

export function summaryText(summary: Summary): string {
  const row = (name: string, value: string) => `  ${name.padEnd(16)}${value}`;
  const { startupMedianMs, startupP95Ms, rebufferingRatio } = summary;
  return [
    row("Views", `${summary.views} wanted, ${summary.started} started`),
    row("Start-up", startupMedianMs === null ? "–" : `median ${startupMedianMs} ms, 95 % below ${startupP95Ms} ms`),
    row("Rebuffering", rebufferingRatio === null ? "–" : `${(rebufferingRatio * 100).toFixed(2)} % of watch time`),
    row(
      "Failures",
      `${summary.startupFailures} at start-up, ${summary.playbackFailures} in play; ${summary.exitsBeforeStart} left before the start`,
    ),
    row("Beacons", `${summary.requests} sent, ${summary.acknowledged} acknowledged, ${summary.failed} failed`),
    row("Events", `${summary.eventsAcknowledged} acknowledged, ${summary.eventsLost} lost`),
    ...(summary.lastError === null ? [] : [row("Last failure", summary.lastError)]),
    row("Time", `${summary.seconds} s`),
  ].join("\n");
}
