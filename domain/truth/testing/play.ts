import type { FieldValue } from "../../wire/decode-events.ts";
import type { RawEvent } from "../raw-view.ts";
import { type TrueView, trueView } from "../true-view.ts";

/** An event by name, milliseconds after the view's first, and what else it tells. */
export type Moment = readonly [
  name: string,
  atMs: number,
  fields?: Readonly<Record<string, FieldValue>>,
  nested?: Readonly<Record<string, unknown>>,
];

/** The same with what a response's headers said. */
export function withHeaders([name, atMs, fields = {}]: Moment, headers: Readonly<Record<string, unknown>>): Moment {
  return [name, atMs, fields, { request_response_headers: headers }];
}

export const BASE_MS = 1_795_409_000_000;

/** Raw events of moments: numbered in their order, sent and received as they happened. */
export function rawEvents(moments: readonly Moment[]): RawEvent[] {
  return moments.map(([name, atMs, fields = {}, nested = {}], at) => ({
    name,
    sequence: at + 1,
    fields: { viewer_time: BASE_MS + atMs, ...fields },
    nested,
    arrivedAtMs: BASE_MS + atMs,
    transmittedAtMs: BASE_MS + atMs,
  }));
}

/** The view that these moments make, two hours after the last. */
export function played(...moments: readonly Moment[]): TrueView {
  const events = rawEvents(moments);
  return trueView(
    { viewId: "v", events, bot: false },
    BASE_MS + Math.max(...moments.map(([, atMs]) => atMs)) + 7_200_000,
  );
}
