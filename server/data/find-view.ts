import { z } from "zod";
import {
  emptyView,
  foldStoredEvents,
  type KnownViewer,
  knownFromLive,
  knownFromRecord,
  standingOf,
} from "../../domain/data-api/open-view.ts";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { askEventPage } from "../../domain/metrics/ask/ask-event-page.ts";
import { askEvents } from "../../domain/metrics/ask/ask-events.ts";
import { askFirstSeen, askLiveFacts } from "../../domain/metrics/ask/ask-open-views.ts";
import { askView, type StoredView, viewFromRow } from "../../domain/metrics/ask/ask-view.ts";
import type { EventRow, EventScope } from "../../domain/metrics/ask/event-rows.ts";
import type { ViewState } from "../../domain/view/view-state.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { Analytics } from "./analytics.ts";
import { storedUpTo } from "./as-of.ts";
import { nameAsset } from "./name-asset.ts";

/** People look at one view again and again while it plays; what they see is at most so old. */
const KEEP_MS = 1_000;
/** Events that are folded at once; a page holds fewer where they are large. */
const FOLDED_AT_ONCE = 5_000;
/** Of one view: half a day of a player that loads a segment each second. */
const MAX_FOLDED_PAGES = 40;

const EventRowSchema: z.ZodType<EventRow> = z.object({
  sequence: z.number(),
  late: z.number(),
  name: z.string(),
  server_time_ms: z.number(),
  sent_time_ms: z.number().nullable(),
  viewer_time_ms: z.number(),
  playhead_ms: z.number(),
  details: z.string(),
  error_severity: z.string(),
  error_type: z.string(),
  details_cut: z.number(),
  total_events: z.number(),
  total_requests: z.number(),
});

const LiveFactsRow = z.object({
  country: z.string(),
  region: z.string(),
  asn: z.number(),
  device_category: z.string(),
  operating_system: z.string(),
  browser: z.string(),
});

/** Where views are known from: their rows and events, and the assets that they may play. */
export interface ViewStores {
  analytics: Analytics;
  db: Postgres;
}

/** A view with its timeline, as it stands now. */
export interface FoundView extends StoredView {
  /** It is going on: its numbers are of what has come so far. */
  open: boolean;
  events: readonly EventRow[];
}

/**
 * A view of the environment; null when it has none of that id. One that is going on has no row yet, or one from before it went
 * on: then its events are folded here, as the collector does when it is complete.
 *
 * @param atMs log time up to which everything is stored: while that stands still, no view ends by silence
 */
export async function findView(
  stores: ViewStores,
  environment: { id: string; number: EnvironmentId },
  viewId: string,
  atMs: number,
): Promise<FoundView | null> {
  const analytics = storedUpTo(stores.analytics, atMs);
  const environmentId = environment.number;
  const stored = await findRow(analytics, environmentId, viewId);
  const firstSeenMs = stored?.firstSeenMs ?? (await firstSeen(analytics, environmentId, viewId));
  if (firstSeenMs === null) return null;
  const scope = { environmentId, viewId, firstSeenMs };
  const events = await analytics.ask(askEvents(scope), EventRowSchema, { name: "events", keepMs: KEEP_MS });
  if (stored !== null && !hasGoneOn(stored, events)) return { ...stored, open: false, events };
  const known = stored === null ? await liveViewer(analytics, scope) : knownFromRecord(stored.record);
  const view = await foldEvents(analytics, scope, known);
  await nameAsset(stores.db, environment.id, view);
  const { record, stage } = standingOf(view, known, atMs);
  return { viewId, firstSeenMs, record, open: stage === "open", events };
}

/** A view that plays at that log time, folded out of its events; null when none is stored yet. */
export async function findOpenView(
  stores: ViewStores,
  environment: { id: string; number: EnvironmentId },
  viewId: string,
  atMs: number,
): Promise<Omit<FoundView, "events"> | null> {
  const analytics = storedUpTo(stores.analytics, atMs);
  const environmentId = environment.number;
  const firstSeenMs = await firstSeen(analytics, environmentId, viewId);
  if (firstSeenMs === null) return null;
  const scope = { environmentId, viewId, firstSeenMs };
  const known = await liveViewer(analytics, scope);
  const view = await foldEvents(analytics, scope, known);
  await nameAsset(stores.db, environment.id, view);
  const { record, stage } = standingOf(view, known, atMs);
  return { viewId, firstSeenMs, record, open: stage === "open" };
}

async function findRow(analytics: Analytics, environmentId: EnvironmentId, viewId: string): Promise<StoredView | null> {
  const AnyRow = z.record(z.string(), z.unknown()); // viewFromRow looks at every column
  const [row] = await analytics.ask(askView(environmentId, viewId), AnyRow, { name: "view", keepMs: KEEP_MS });
  return row === undefined ? null : viewFromRow(row);
}

async function firstSeen(analytics: Analytics, environmentId: EnvironmentId, viewId: string): Promise<number | null> {
  const FirstSeenRow = z.object({ first_seen_ms: z.number() });
  const question = askFirstSeen(environmentId, viewId);
  const [row] = await analytics.ask(question, FirstSeenRow, { name: "first_seen", keepMs: KEEP_MS });
  return row?.first_seen_ms ?? null;
}

async function liveViewer(
  analytics: Analytics,
  { environmentId, viewId, firstSeenMs }: EventScope,
): Promise<KnownViewer> {
  const question = askLiveFacts(environmentId, viewId, firstSeenMs);
  const [facts] = await analytics.ask(question, LiveFactsRow, { name: "live_facts", keepMs: KEEP_MS });
  return knownFromLive(facts ?? null);
}

/** The last event that the row knows of is no longer the last that counts. */
function hasGoneOn({ record }: StoredView, events: readonly EventRow[]): boolean {
  const counted = events.filter(({ late }) => late === 0);
  const newest = counted.reduce<EventRow | null>((a, b) => (a === null || b.sequence > a.sequence ? b : a), null);
  return newest !== null && newest.server_time_ms > record.lastSeenMs;
}

async function foldEvents(analytics: Analytics, scope: EventScope, known: KnownViewer): Promise<ViewState> {
  const view = emptyView(scope.viewId, scope.firstSeenMs);
  let afterSequence: number | null = null;
  for (let page = 0; page < MAX_FOLDED_PAGES; page += 1) {
    const question = askEventPage(scope, { afterSequence, limit: FOLDED_AT_ONCE });
    const rows: readonly EventRow[] = await analytics.ask(question, EventRowSchema, { name: "event_page", keepMs: 0 });
    foldStoredEvents(view, rows, known);
    afterSequence = rows.at(-1)?.sequence ?? afterSequence;
    if (rows.length === 0 || afterSequence === null || isLast(rows)) return view;
  }
  return view;
}

/** A page that holds all events there are needs no other behind it. */
function isLast(rows: readonly EventRow[]): boolean {
  return rows.length === rows[0]?.total_events;
}
