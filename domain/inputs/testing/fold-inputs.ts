import { foldEvent } from "../../view/fold.ts";
import { recordOf } from "../../view/record/record-of.ts";
import { NO_DEVICE } from "../../view/testing/no-device.ts";
import { traceView } from "../../view/timeline.ts";
import type { ViewRecord } from "../../view/view-record.ts";
import { createView, type ViewState } from "../../view/view-state.ts";
import { decodeEvent } from "../../wire/decode-events.ts";
import type { CmcdReport, CmcdScalar, CmcdValue } from "../cmcd-report.ts";
import { encodeInputEvent, type InputEvent } from "../input-event.ts";

const SESSION = { envKey: "testkey", viewId: "cmcd:s" };

/** A report as the parser gives it; lists hold values without a type, or pairs of a value and its type. */
export function cmcdReport(
  keys: Record<string, CmcdScalar | readonly (CmcdScalar | readonly [CmcdScalar, string])[]>,
): CmcdReport {
  const entries = Object.entries(keys).map(([key, value]): [string, CmcdValue] => {
    if (typeof value !== "object") return [key, value];
    return [
      key,
      value.map((item) => (typeof item === "object" ? { value: item[0], type: item[1] } : { value: item, type: "" })),
    ];
  });
  return new Map(entries);
}

/** Sends events through the wire's encoding and the fold, each as a request of its own that takes no time. */
export function foldInputs(events: readonly InputEvent[]): { view: ViewState; record: ViewRecord } {
  const view = createView(SESSION.viewId, events[0]?.viewerTimeMs ?? 0);
  for (const event of events) {
    const decoded = decodeEvent(encodeInputEvent(SESSION, event));
    if (decoded.kind === "rejected") throw new Error(`${event.name}: ${decoded.reason}`);
    const atMs = event.viewerTimeMs ?? 0;
    const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
    foldEvent(view, decoded.event, { atMs, transmittedAtMs: atMs, context });
  }
  return { view, record: recordOf({ view, timeline: traceView(view), device: NO_DEVICE, dropped: false }) };
}
