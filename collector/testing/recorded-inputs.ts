import { readFileSync } from "node:fs";
import type { BeaconRecord } from "../../domain/messages/beacon-record.ts";
import { foldEvent } from "../../domain/view/fold.ts";
import { createView, type ViewState } from "../../domain/view/view-state.ts";
import { decodeEvent } from "../../domain/wire/decode-events.ts";

/** One request as a player sent it, since the recording began. */
export interface RecordedInput {
  t_ms: number;
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** A recording of `fixtures/cmcd` or `fixtures/epas`, such as `epas/web-play`, in the order of arrival. */
export function recordedInputs(name: string): RecordedInput[] {
  const text = readFileSync(new URL(`../../fixtures/${name}.ndjson`, import.meta.url), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as RecordedInput).toSorted((a, b) => a.t_ms - b.t_ms);
}

/** Folds what the edge wrote, as the views' program does with each record of its log. */
export function foldRecords(records: readonly BeaconRecord[]): Map<string, ViewState> {
  const views = new Map<string, ViewState>();
  for (const { viewId, arrivedAtMs: atMs, transmittedAtMs, context, errorCategories, events } of records) {
    const view = views.get(viewId) ?? createView(viewId, atMs);
    views.set(viewId, view);
    for (const raw of events) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "rejected") throw new Error(decoded.reason);
      foldEvent(view, decoded.event, { atMs, transmittedAtMs, context, errorCategories });
    }
  }
  return views;
}
