import { cdnName } from "../view-names.ts";
import type { ViewRecord } from "../view-record.ts";
import type { RecordParts } from "./record-source.ts";
import { toldText } from "./told.ts";

/** Who delivered it, and under which protection. */
export function deliveryOf({ view }: RecordParts) {
  const changes = view.transitions.filter(({ kind }) => kind === "cdnchange");
  return {
    cdn: cdnName(view),
    cdnTrace: changes.flatMap(({ detail }) => (detail === undefined || detail === "" ? [] : [detail])),
    cdnEdgePop: toldText(view, "view_cdn_edge_pop"),
    cdnOrigin: toldText(view, "view_cdn_origin"),
    drmType: toldText(view, "view_drm_type"),
    drmLevel: toldText(view, "view_drm_level"),
  } satisfies Partial<ViewRecord>;
}
