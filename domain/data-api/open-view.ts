import type { EventRow } from "../metrics/ask/event-rows.ts";
import { foldEvent } from "../view/fold.ts";
import { type LifeStage, lifeStage } from "../view/life-cycle.ts";
import { recordOf } from "../view/record/record-of.ts";
import { traceView } from "../view/timeline.ts";
import type { ViewRecord } from "../view/view-record.ts";
import { createView, type RequestContext, type ViewState } from "../view/view-state.ts";
import { type DeviceFacts, viewerDevice } from "../view/viewer-facts.ts";
import type { BeaconEvent, FieldValue } from "../wire/decode-events.ts";
import { storedCategory } from "./stored-category.ts";

/** What is known of who watches beside the events: from an earlier row, or from the live picture. */
export interface KnownViewer {
  device: DeviceFacts;
  context: RequestContext;
}

/** Folds stored events into a view, in place, as they were folded when they came. Late ones changed nothing then either. */
export function foldStoredEvents(view: ViewState, rows: readonly EventRow[], { context }: KnownViewer): void {
  for (const row of rows) {
    if (row.late === 1) continue;
    const category = storedCategory(row);
    const errorCategories = category && { [row.sequence]: category };
    const arrival = { atMs: row.server_time_ms, transmittedAtMs: row.sent_time_ms, context, errorCategories };
    foldEvent(view, storedEvent(row, view.viewId), arrival);
  }
}

export function emptyView(viewId: string, firstSeenMs: number): ViewState {
  return createView(viewId, firstSeenMs);
}

/** The record of a view that is still going on, and how it stands. */
export function standingOf(
  view: ViewState,
  viewer: KnownViewer,
  nowMs: number,
): { record: ViewRecord; stage: LifeStage } {
  const timeline = traceView(view);
  const stage = lifeStage(view, timeline, nowMs);
  const dropped = stage === "final" && timeline.endedAtMs === null;
  const record = recordOf({ view, timeline, device: viewerDevice(view, viewer.device), dropped });
  return { record, stage };
}

/** The event that the sink wrote a row of; without the fields that the store left out as too long. */
function storedEvent({ name, sequence, details }: EventRow, viewId: string): BeaconEvent {
  const fields: Record<string, FieldValue> = Object.create(null);
  const nested: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(JSON.parse(details) as object)) {
    if (typeof value === "object" && value !== null) nested[key] = value;
    else fields[key] = value as FieldValue; // JSON without objects and lists
  }
  return { name, viewId, sequence, fields, nested };
}

/** Of a view with a row: what the row says. */
export function knownFromRecord(record: ViewRecord): KnownViewer {
  return {
    device: {
      browser: record.browser,
      browserVersion: record.browserVersion,
      engine: record.browserEngine,
      os: record.operatingSystem,
      osVersion: record.operatingSystemVersion,
      category: record.deviceCategory,
      manufacturer: record.deviceManufacturer,
      model: record.deviceModel,
      name: record.deviceName,
      bot: record.bot,
    },
    context: {
      ...NO_CONTEXT,
      address: record.viewerAddress,
      country: record.country,
      userAgent: record.userAgent,
      place: {
        continent: record.continent,
        region: record.region,
        city: record.city,
        latitude: record.latitude,
        longitude: record.longitude,
        asn: record.asn,
        asnName: record.asnName,
      },
    },
  };
}

/** What the live picture tells of a view. */
export interface LiveFacts {
  country: string;
  region: string;
  asn: number;
  device_category: string;
  operating_system: string;
  browser: string;
}

/** Of a view without a row: what the live picture says, or nothing. */
export function knownFromLive(facts: LiveFacts | null): KnownViewer {
  const { country = "", region = "", asn = 0 } = facts ?? {};
  const { device_category: category = "", operating_system: os = "", browser = "" } = facts ?? {};
  const unknown = { browserVersion: "", engine: "", osVersion: "", manufacturer: "", model: "", name: "" };
  return {
    device: { ...unknown, browser, os, category, bot: false },
    context: { ...NO_CONTEXT, country, place: { ...NO_PLACE, region, asn } },
  };
}

const NO_CONTEXT: RequestContext = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 0 };
const NO_PLACE = { continent: "", region: "", city: "", latitude: null, longitude: null, asn: 0, asnName: "" };
