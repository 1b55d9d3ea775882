import type { EnvironmentId } from "../../identifiers.ts";
import type { BeaconRecord } from "../../messages/beacon-record.ts";
import { driveSimulation } from "../../simulation/drive.ts";
import { DEFAULT_OPTIONS } from "../../simulation/options.ts";
import { createRandom, deriveSeed, type Random } from "../../simulation/random.ts";
import { createSimulation } from "../../simulation/simulation.ts";
import type { SendAction } from "../../simulation/transport.ts";
import { encodeKey } from "../../wire/decode-key.ts";
import { decodeRequest } from "../../wire/decode-request.ts";
import { isRecord } from "../../wire/peek-event.ts";

/** What is to be played. The same plan makes the same log. */
export interface LogPlan {
  seed: number;
  viewers: number;
  startMs: number;
  durationMs: number;
  /** Clients tell only what can be; else some tell anything. */
  sane?: boolean;
}

export const ASKED = 1 as EnvironmentId;
export const OTHER = 2 as EnvironmentId;

const COUNTRIES = ["DE", "US", "BR", "IN", "JP", ""];
/** Far away: rows must not go while they are looked at. */
const RETENTION_DAYS = 36_500;
const MINUTE_MS = 60_000;

/**
 * Records as a log would hold them, in order of arrival: many simulated viewers behind a network that delays, reorders,
 * repeats and loses, and clients that send half an hour late, after the end, or never again.
 */
export function randomLog(plan: LogPlan): BeaconRecord[] {
  const random = createRandom(deriveSeed(plan.seed, 77));
  const ofErrors = createRandom(deriveSeed(plan.seed, 78));
  const records = requestsOf(plan, random)
    .flatMap((action) => recordsOf(action, random))
    .map((record) => categorise(record, ofErrors));
  const cut = new Map<string, number>();
  return records
    .flatMap((record) => spoil(record, random, { cut, twisted: plan.sane ? 0 : 0.02 }))
    .sort((one, other) => one.arrivedAtMs - other.arrivedAtMs);
}

function requestsOf({ seed, viewers, startMs, durationMs }: LogPlan, random: Random): SendAction[] {
  const options = {
    ...DEFAULT_OPTIONS,
    ...{ seed, viewers, durationMs, rampMs: durationMs / 2, pace: 12, oddity: 1, titles: 8 },
    environmentKey: "abc123",
    collectionDomain: "localhost:3002",
  };
  const actions: SendAction[] = [];
  driveSimulation(createSimulation(options, startMs), (action) => {
    actions.push(action);
    return { accepted: random.chance(0.95), afterMs: random.integer(5, 400) };
  });
  return actions;
}

/** As the edge writes them: one per view. Some viewers belong to another environment. */
function recordsOf({ body, at, viewerIndex, headers }: SendAction, random: Random): BeaconRecord[] {
  const request = decodeRequest(body);
  if (request.kind === "rejected") throw new Error(request.reason);
  const byView = Map.groupBy(request.events, ({ peek }) => (typeof peek === "string" ? "" : peek.viewId));
  const arrivedAtMs = at + delayMs(random);
  return [...byView].map(([viewId, events]) => ({
    environmentId: viewerIndex % 12 === 11 ? OTHER : ASKED,
    viewId,
    arrivedAtMs,
    transmittedAtMs: viewerIndex % 30 === 7 ? null : request.transmissionTimestampMs, // as Roku's SDK
    context: {
      ...{ address: "203.0.113.0", referrer: "", retentionDays: RETENTION_DAYS },
      country: COUNTRIES[viewerIndex % COUNTRIES.length] ?? "",
      userAgent: headers["user-agent"] ?? "",
    },
    events: events.map(({ raw }) => raw),
  }));
}

/** The environment had a category for some codes when the record came. */
function categorise(record: BeaconRecord, random: Random): BeaconRecord {
  const categories = record.events.flatMap((event) => {
    if (!isRecord(event) || event[NAME] !== "error" || !random.chance(0.3)) return [];
    const severity = random.pick(["fatal", "fatal", "warning"] as const);
    const type = random.pick(["playback_failure", "business_exception"] as const);
    return [[Number(event[SEQUENCE]), { severity, type }] as const];
  });
  return categories.length === 0 ? record : { ...record, errorCategories: Object.fromEntries(categories) };
}

/** Mostly the network; sometimes a queue on the way. */
function delayMs(random: Random): number {
  return random.chance(0.1) ? random.integer(300, 25_000) : random.integer(2, 250);
}

/** What becomes of a record on its way: nothing, itself, itself again later. */
function spoil(
  record: BeaconRecord,
  random: Random,
  { cut, twisted }: { cut: Map<string, number>; twisted: number },
): BeaconRecord[] {
  const key = `${record.environmentId}/${record.viewId}`;
  if (!cut.has(key)) cut.set(key, random.chance(0.12) ? record.arrivedAtMs + random.integer(0, 40_000) : Infinity);
  if (record.arrivedAtMs > (cut.get(key) ?? Infinity)) return []; // crashed, or out of reach for good
  if (random.chance(0.04)) return [];
  const changed = (from: BeaconRecord, change: typeof twist): BeaconRecord => {
    return { ...from, events: from.events.map((event) => change(event, random)) };
  };
  const sane = random.chance(0.1) ? changed(record, redirect) : record;
  const told = random.chance(twisted) ? changed(sane, twist) : sane;
  const copies = [told];
  if (random.chance(0.05)) copies.push(repeated(told, random.integer(1, 40_000)));
  if (random.chance(0.015)) copies.push(repeated(told, random.integer(2 * MINUTE_MS, 200 * MINUTE_MS)));
  if (random.chance(0.015)) copies[0] = after(told, random.integer(1 * MINUTE_MS, 75 * MINUTE_MS));
  return copies;
}

function after(record: BeaconRecord, laterMs: number): BeaconRecord {
  return { ...record, arrivedAtMs: record.arrivedAtMs + laterMs };
}

/** The categories were taken back meanwhile. */
function repeated(record: BeaconRecord, laterMs: number): BeaconRecord {
  const { errorCategories: _, ...bare } = after(record, laterMs);
  return bare;
}

const NONSENSE = [null, "", "NaN", -1, 0, "1e999", true, "\u0000", "🙂".repeat(40), { a: 1 }, [1], 1e300, -1e300];
const NAME = encodeKey("event");
const SEQUENCE = encodeKey("view_sequence_number");
const CDN = encodeKey("video_cdn");
const HEADERS = encodeKey("request_response_headers");
/** Short names of what may be nonsense: text, times, sizes, scales, counters. */
const TWISTED = [
  "uti",
  "vtt",
  "vsobi",
  "vsowd",
  "vdn",
  "percd",
  "qbyld",
  "qst",
  "qrpst",
  "msara",
  "pvwco",
  "ppgti",
  "ucu",
  ...["xmauppe", "xmadope", "xtlug", "xtldg", "xtlctpbti", "xagsuti", "xadpfco"],
];

/** A client gone mad tells one thing that cannot be. */
function twist(event: unknown, random: Random): unknown {
  if (!isRecord(event) || !random.chance(0.5)) return event;
  return { ...event, [random.pick(TWISTED)]: random.pick(NONSENSE) };
}

/** The stream goes over to another CDN, which the player may hear of or not, and which may not name itself. */
function redirect(event: unknown, random: Random): unknown {
  if (!isRecord(event)) return event;
  const changed = { ...event };
  if (isRecord(event[HEADERS]))
    changed[HEADERS] = { ...event[HEADERS], "x-cdn": random.pick(["edge-a", "edge-b", ""]) };
  const isNoticed = random.chance(0.3) && ["hb", "requestcompleted"].includes(String(event[NAME]));
  return isNoticed ? { ...changed, [NAME]: "cdnchange", [CDN]: random.pick(["edge-a", "edge-c"]) } : changed;
}
