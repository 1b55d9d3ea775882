import type { ViewRecord } from "../view-record.ts";
import type { RecordParts } from "./record-source.ts";
import { toldText } from "./told.ts";
import { viewerIdOf } from "./viewer-id-of.ts";

/** Who watched, from where, with what. */
export function viewerOf({ view, device }: RecordParts) {
  const viewerUserId = toldText(view, "viewer_user_id");
  const muxViewerId = toldText(view, "mux_viewer_id");
  const { address, country, userAgent, place } = view.context;
  return {
    viewerId: viewerIdOf(view),
    viewerUserId,
    muxViewerId,
    sessionId: toldText(view, "session_id"),
    viewSessionId: toldText(view, "view_session_id"),
    userAgent,
    viewerAddress: address,
    connectionType: toldText(view, "viewer_connection_type"),
    viewerPlan: toldText(view, "viewer_plan"),
    viewerPlanCategory: toldText(view, "viewer_plan_category"),
    viewerPlanStatus: toldText(view, "viewer_plan_status"),
    country,
    continent: place?.continent ?? "",
    region: place?.region ?? "",
    city: place?.city ?? "",
    latitude: place?.latitude ?? null,
    longitude: place?.longitude ?? null,
    asn: place?.asn ?? 0,
    asnName: place?.asnName ?? "",
    browser: device.browser,
    browserVersion: device.browserVersion,
    browserEngine: device.engine,
    operatingSystem: device.os,
    operatingSystemVersion: device.osVersion,
    deviceCategory: device.category,
    deviceManufacturer: device.manufacturer,
    deviceModel: device.model,
    deviceName: device.name,
  } satisfies Partial<ViewRecord>;
}
