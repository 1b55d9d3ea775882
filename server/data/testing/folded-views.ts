import { type BeaconRecord, decodeBeaconRecord } from "../../../domain/messages/beacon-record.ts";
import { type RecordedView, rawViews } from "../../../domain/truth/raw-views.ts";
import { type TrueView, trueView } from "../../../domain/truth/true-view.ts";
import { foldEvent } from "../../../domain/view/fold.ts";
import { lifeStage } from "../../../domain/view/life-cycle.ts";
import { recordOf } from "../../../domain/view/record/record-of.ts";
import { type ColumnKind, RECORD_COLUMNS } from "../../../domain/view/record-columns.ts";
import { traceView } from "../../../domain/view/timeline.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import { createView, type ViewState } from "../../../domain/view/view-state.ts";
import { viewerDevice } from "../../../domain/view/viewer-facts.ts";
import { decodeEvent } from "../../../domain/wire/decode-events.ts";
import type { StoredRow } from "../../../platform/clickhouse/questions/testing/views-table.ts";
import { createDeviceParser } from "../../../platform/user-agent/viewer-device.ts";

const parseDevice = createDeviceParser();

/** A view by its events alone, with what stands beside them. */
export type KnownView = TrueView & Pick<RecordedView, "environmentId" | "country">;

/** The same records twice: as the product folds them, and as the reference works them out. All views are over. */
export function bothWays(records: readonly BeaconRecord[]): { rows: StoredRow[]; truth: KnownView[] } {
  const read = records.map(asReadFromLog);
  const raw = rawViews(read, (userAgent) => parseDevice(userAgent).bot);
  const truth = raw.map((view) => ({
    ...trueView(view, Number.POSITIVE_INFINITY),
    environmentId: view.environmentId,
    country: view.country,
  }));
  return { rows: foldedRows(read), truth };
}

function foldedRows(records: readonly BeaconRecord[]): StoredRow[] {
  const views = new Map<string, { environmentId: number; state: ViewState }>();
  for (const { environmentId, viewId, arrivedAtMs: atMs, events, ...record } of records) {
    const { transmittedAtMs, context, errorCategories } = record;
    const arrival = { atMs, transmittedAtMs, context, errorCategories };
    const key = `${environmentId}/${viewId}`;
    const { state } = views.get(key) ?? { state: createView(viewId, atMs) };
    if (views.has(key) && lifeStage(state, traceView(state), atMs) === "final") continue;
    views.set(key, { environmentId, state });
    for (const raw of events) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "accepted") foldEvent(state, decoded.event, arrival);
    }
  }
  return [...views.values()]
    .filter(({ state }) => state.newestMs !== null)
    .map(({ environmentId, state }) => {
      const { viewId, firstSeenMs } = state;
      return { environmentId, viewId, firstSeenMs, version: 1, record: asStored(recordOfState(state)) };
    });
}

function recordOfState(state: ViewState): ViewRecord {
  const timeline = traceView(state);
  const device = viewerDevice(state, parseDevice(state.context.userAgent));
  return recordOf({ view: state, timeline, device, dropped: timeline.endedAtMs === null });
}

const WHOLE: ReadonlySet<ColumnKind> = new Set<ColumnKind>(["time", "count", "maybeCount", "ms", "maybeMs"]);

/** Columns of whole numbers take no fractions: times lose theirs, all else is rounded, as the sink does it. */
function asStored(record: ViewRecord): ViewRecord {
  const parts = Object.entries(record).map(([key, value]) => {
    const { kind } = RECORD_COLUMNS[key as keyof ViewRecord];
    if (typeof value !== "number" || !WHOLE.has(kind)) return [key, value];
    return [key, kind === "time" ? Math.floor(value) : Math.round(value)];
  });
  return Object.fromEntries(parts) as ViewRecord; // every part stays of its type
}

function asReadFromLog({ events, ...head }: BeaconRecord): BeaconRecord {
  const read = decodeBeaconRecord(JSON.stringify({ v: 1, ...head, body: { events } }));
  if (read === null || "tickMs" in read) throw new Error("a record of ours cannot be read");
  return read;
}
