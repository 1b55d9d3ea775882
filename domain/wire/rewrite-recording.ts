import { decodeKey } from "./decode-key.ts";
import { isRecord } from "./peek-event.ts";

/** One request of a recording, a line of an `.ndjson` file. */
export interface RecordedRequest {
  /** Since the recording began. */
  atMs: number;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Rewrite {
  /** Added to every time of the client's clock. */
  shiftMs: number;
  /** null keeps the recorded key. */
  envKey: string | null;
  /** A new id for one that was recorded; called once for each. */
  createId: () => string;
}

/** Times of the client's clock in Unix milliseconds; `request_media_start_time` and durations are none. */
const TIME_FIELDS: ReadonlySet<string> = new Set([
  "viewer_time",
  "view_start",
  "player_init_time",
  "player_program_time",
  "player_live_edge_program_time",
  "player_manifest_newest_program_time",
  "page_load_init_time",
  "page_load_end_time",
  "session_start",
  "session_expires",
  "request_start",
  "request_response_start",
  "request_response_end",
]);

const ID_FIELDS: ReadonlySet<string> = new Set(["view_id", "player_instance_id"]);

/** September 2001: a smaller number in a time field is a duration or nonsense and stays. */
const EARLIEST_TIME_MS = 1e12;

/** Reads a recording; null when it is none. Blank lines are skipped. */
export function parseRecording(text: string): RecordedRequest[] | null {
  const requests: RecordedRequest[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const request = parseLine(line);
    if (request === null) return null;
    requests.push(request);
  }
  return requests;
}

function parseLine(line: string): RecordedRequest | null {
  const value = parseJson(line);
  if (!isRecord(value) || typeof value["t_ms"] !== "number" || typeof value["body"] !== "string") return null;
  const { headers, path } = value;
  const texts = isRecord(headers) ? Object.entries(headers).filter(([, text]) => typeof text === "string") : [];
  return {
    atMs: value["t_ms"],
    path: typeof path === "string" ? path : "/",
    headers: Object.fromEntries(texts) as Record<string, string>,
    body: value["body"],
  };
}

/** When the client sent it by its own clock; null when it does not tell. */
export function transmittedAt({ body }: RecordedRequest): number | null {
  const value = parseJson(body);
  if (!isRecord(value) || !isRecord(value["metadata"])) return null;
  const sentAt = value["metadata"]["transmission_timestamp"];
  return typeof sentAt === "number" ? sentAt : null;
}

/** Rewrites the requests of one recording, so that they tell of new views at another time. Ids stay consistent. */
export function createRewriter({ shiftMs, envKey, createId }: Rewrite) {
  const newIds = new Map<string, string>();
  const viewIds = new Map<string, string>();

  function newId(name: string, old: string): string {
    const id = newIds.get(old) ?? createId();
    newIds.set(old, id);
    if (name === "view_id") viewIds.set(old, id);
    return id;
  }

  function rewriteField(name: string, value: unknown): unknown {
    if (ID_FIELDS.has(name) && typeof value === "string") return newId(name, value);
    if (TIME_FIELDS.has(name)) return shiftTime(value, shiftMs);
    return name === "env_key" && envKey !== null ? envKey : value;
  }

  function rewriteEvent(event: unknown): unknown {
    if (!isRecord(event)) return event;
    return Object.fromEntries(Object.entries(event).map(([key, value]) => [key, rewriteField(decodeKey(key), value)]));
  }

  return {
    /** The body with new ids, times and key; anything that is no beacon stays as it is. */
    rewrite(body: string): string {
      const value = parseJson(body);
      if (!isRecord(value) || !Array.isArray(value["events"])) return body;
      const { metadata } = value;
      const sentAt = isRecord(metadata) ? shiftTime(metadata["transmission_timestamp"], shiftMs) : undefined;
      return JSON.stringify({
        ...value,
        ...(isRecord(metadata) ? { metadata: { ...metadata, transmission_timestamp: sentAt } } : {}),
        events: value["events"].map(rewriteEvent),
      });
    },
    /** Recorded view id → new one, of what has been rewritten so far. */
    viewIds: (): ReadonlyMap<string, string> => viewIds,
  };
}

function shiftTime(value: unknown, shiftMs: number): unknown {
  return typeof value === "number" && value >= EARLIEST_TIME_MS ? Math.round(value + shiftMs) : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
