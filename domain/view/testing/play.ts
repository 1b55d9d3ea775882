import { decodeEvent } from "../../wire/decode-events.ts";
import { encodeEvent } from "../../wire/encode-event.ts";
import { foldEvent } from "../fold.ts";
import { foldAsset, type NamedAsset } from "../named-asset.ts";
import { recordOf } from "../record/record-of.ts";
import { traceView } from "../timeline.ts";
import type { ViewRecord } from "../view-record.ts";
import { createView, type RequestContext, type ViewState } from "../view-state.ts";
import { type DeviceFacts, viewerDevice } from "../viewer-facts.ts";
import { NO_DEVICE } from "./no-device.ts";

/** Beginning of the made-up views, Unix milliseconds. */
export const T = 1_795_500_000_000;

/** An event: its name, when it happened after T, and what it told, by long names; objects are nested values. */
export type Moment = readonly [name: string, afterMs: number, told?: Readonly<Record<string, unknown>>];

export interface Circumstances {
  device?: Partial<DeviceFacts>;
  context?: Partial<RequestContext>;
  asset?: Omit<NamedAsset, "sequence">;
  dropped?: boolean;
  /** Server clock minus client clock. */
  clockOffsetMs?: number;
  /** Sequence number of each moment; 1, 2, 3 … without. */
  sequences?: readonly number[];
}

/** Folds made-up events, each sent at once and alone. */
export function playView(moments: readonly Moment[], circumstances: Circumstances = {}): ViewState {
  const { context, asset, clockOffsetMs = 0, sequences } = circumstances;
  const requestContext = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90, ...context };
  const view = createView("v", T + clockOffsetMs);
  moments.forEach(([name, afterMs, told = {}], index) => {
    const sequence = sequences?.[index] ?? index + 1;
    const atMs = T + afterMs;
    const head = { event: name, view_id: "v", view_sequence_number: sequence, viewer_time: atMs };
    const isNested = (value: unknown) => typeof value === "object" && value !== null;
    const scalars = Object.entries(told).filter(([, value]) => !isNested(value));
    const nested = Object.fromEntries(Object.entries(told).filter(([, value]) => isNested(value)));
    const decoded = decodeEvent(
      encodeEvent({ fields: { ...head, ...(Object.fromEntries(scalars) as object) }, nested }),
    );
    if (decoded.kind === "rejected") throw new Error(`${name}: ${decoded.reason}`);
    foldEvent(view, decoded.event, { atMs: atMs + clockOffsetMs, transmittedAtMs: atMs, context: requestContext });
    if (asset !== undefined) foldAsset(view, { ...asset, sequence }, atMs);
  });
  return view;
}

/** The record of made-up events. */
export function played(moments: readonly Moment[], circumstances: Circumstances = {}): ViewRecord {
  const view = playView(moments, circumstances);
  const device = viewerDevice(view, { ...NO_DEVICE, ...circumstances.device });
  return recordOf({ view, timeline: traceView(view), device, dropped: circumstances.dropped ?? false });
}
