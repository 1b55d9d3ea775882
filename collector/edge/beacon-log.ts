import { encodeBeaconRecord, encodeTick } from "../../domain/messages/beacon-record.ts";
import { BEACON_PARTITIONS, beaconPartition } from "../../domain/messages/partition.ts";
import { encodeViewSource, type ViewSource } from "../../domain/messages/view-source.ts";
import type { RequestContext } from "../../domain/view/view-state.ts";
import { type LogRecord, type LogWriter, MAX_RECORD_BYTES } from "../../platform/eventlog/eventlog.ts";
import { RejectedLog, type SampledRequest } from "./rejected-log.ts";
import { reject } from "./rejection.ts";
import type { RoutedEvents, RoutedView } from "./route-events.ts";

/** Log time goes on at least this often; it bounds how far the dashboard lags behind when nobody sends. */
export const TICK_MS = 250;

const CLOSING_BRACE = 0x7d;

/** What the edge knows of a request besides its body. */
export interface RequestFacts extends Omit<RequestContext, "retentionDays"> {
  /** Client clock at sending; null when not told. */
  transmittedAtMs: number | null;
  /** The body as it came, unpacked where that is possible; null where it was not read. */
  body: Buffer | null;
  /** The body is all that was sent. */
  isWhole: boolean;
  /** What is kept of a request that is not taken. */
  describe(): SampledRequest;
  /** A sample that is sent again: what is still rejected of it is counted, and not kept a second time. */
  isReplay?: boolean;
}

/** Writers of the topics that the edge writes. */
export interface EdgeTopics {
  beacons: LogWriter;
  rejected: LogWriter;
  viewSources: LogWriter;
}

/** Writes requests and ticks to the log with stamps that never go back. */
export class BeaconLog {
  readonly #topics: EdgeTopics;
  readonly #rejected: RejectedLog;
  readonly #nowMs: () => number;
  #lastMs = 0;

  /** @param gatherMs how long counts of what is rejected wait for others; shorter only in tests */
  constructor(topics: EdgeTopics, nowMs: () => number, gatherMs?: number) {
    this.#topics = topics;
    this.#nowMs = nowMs;
    this.#rejected = new RejectedLog(topics.rejected, () => this.#stamp(), gatherMs);
  }

  /**
   * Resolves when all that the request said is durable, what was not taken included. Not an async function: its frame
   * would hold the parsed events while the disk works.
   */
  append(routed: RoutedEvents, facts: RequestFacts): Promise<unknown> {
    const atMs = this.#stamp();
    const appends: Promise<void>[] = [];
    const whole = routed.views.length === 1 && routed.rejected.size === 0 ? facts.body : null; // all of it is one view's
    if (whole === null) rejectUnwritable(routed);
    const records = writableRecords(routed, (view) => beaconRecord(view, facts, whole, atMs));
    if (records.length > 0) appends.push(this.#topics.beacons.append(records));
    if (routed.learned.length > 0) {
      appends.push(this.#topics.viewSources.append(routed.learned.map((source) => sourceRecord(source, atMs))));
    }
    const written = Promise.all(appends);
    // Counted last: when the request comes again its events are known by their numbers, but nothing tells a count from another.
    return routed.rejected.size === 0 ? written : written.then(() => this.#reject(routed, facts));
  }

  /** Lets log time go on in every partition. */
  async tick(): Promise<void> {
    const tickMs = this.#stamp();
    const value = Buffer.from(encodeTick(tickMs));
    await this.#topics.beacons.append(
      Array.from({ length: BEACON_PARTITIONS }, (_, partition) => ({ partition, key: "", value, timestampMs: tickMs })),
    );
  }

  /** The clock may be set back; the log's time may not. Stamp and append happen in one turn, so order and stamps agree. */
  #stamp(): number {
    this.#lastMs = Math.max(this.#lastMs, this.#nowMs());
    return this.#lastMs;
  }

  #reject({ views, rejected }: RoutedEvents, facts: RequestFacts): Promise<void> {
    const { body, isWhole, describe, address, isReplay = false } = facts;
    const rejections = [...rejected.values()];
    const environments = [...views, ...rejections].flatMap(({ environment }) => environment ?? []);
    const environmentIds = new Set(environments.map(({ environmentId }) => environmentId));
    return this.#rejected.append({ rejections, environmentIds, body, isWhole, describe, sender: address, isReplay });
  }
}

function beaconRecord(view: RoutedView, facts: RequestFacts, body: Buffer | null, arrivedAtMs: number): LogRecord {
  const { environmentId, retentionDays } = view.environment;
  const { address, country, userAgent, referrer, transmittedAtMs } = facts;
  const context: RequestContext = { address, country, userAgent, referrer, retentionDays };
  if (facts.place !== undefined) context.place = facts.place;
  const head: Parameters<typeof encodeBeaconRecord>[0] = {
    environmentId,
    viewId: view.viewId,
    arrivedAtMs,
    transmittedAtMs,
    context,
    count: view.events.length,
  };
  if (view.asset !== null) head.asset = view.asset;
  if (view.errorCategories !== null) head.errorCategories = view.errorCategories;
  return {
    partition: beaconPartition(environmentId, view.viewId),
    key: "",
    value: body === null ? Buffer.from(encodeBeaconRecord(head, eventsJson(view))) : spliced(head, body),
    timestampMs: arrivedAtMs,
  };
}

function sourceRecord(source: ViewSource, atMs: number): LogRecord {
  return { partition: 0, key: source.viewId, value: Buffer.from(encodeViewSource(source)), timestampMs: atMs };
}

/** What is nested too deep to be written again counts as malformed; no player sends such. */
function rejectUnwritable(routed: RoutedEvents): void {
  const { views, rejected } = routed;
  for (const view of views) {
    const unwritable = view.events.filter((event) => isDeep(event) && toJson(event) === null);
    if (unwritable.length === 0) continue;
    view.events = view.events.filter((event) => !unwritable.includes(event));
    const { environment } = view;
    for (const event of unwritable) reject(rejected, "malformed_event", { environment, envKey: "" }, event);
  }
  routed.views = views.filter(({ events }) => events.length > 0);
}

/** One for each view; a view's events that make too long a one for the log are rejected. Numbers and bad UTF-8 can grow. */
function writableRecords(routed: RoutedEvents, recordOf: (view: RoutedView) => LogRecord): LogRecord[] {
  const written = routed.views.map((view) => ({ view, record: recordOf(view) }));
  const [fitting, tooLarge] = [written.filter(fits), written.filter((one) => !fits(one))];
  for (const { view } of tooLarge) {
    const claim = { environment: view.environment, envKey: "" };
    for (const event of view.events) reject(routed.rejected, "too_large_record", claim, event);
  }
  if (tooLarge.length > 0) routed.views = fitting.map(({ view }) => view);
  return fitting.map(({ record }) => record);
}

function fits({ record }: { record: LogRecord }): boolean {
  return record.value.length <= MAX_RECORD_BYTES;
}

/** Events are flat but for two members with an object in them: whatever else they hold is looked at closely. */
function isDeep(event: unknown): boolean {
  return Object.values(event as object).some((value) => typeof value === "object" && value !== null);
}

function toJson(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null; // RangeError: writing is recursive, reading is not
  }
}

function eventsJson({ events }: RoutedView): string {
  return JSON.stringify({ events });
}

/** The record with the body's own bytes: joined as text they were an eighth of all that a request allocates. */
function spliced(head: Parameters<typeof encodeBeaconRecord>[0], body: Buffer): Buffer {
  const around = Buffer.from(encodeBeaconRecord(head, "")); // ends with the brace that follows the body
  const value = Buffer.allocUnsafe(around.length + body.length);
  around.copy(value, 0, 0, around.length - 1);
  body.copy(value, around.length - 1);
  value[value.length - 1] = CLOSING_BRACE;
  return value;
}
