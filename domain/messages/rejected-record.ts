import { jsonObject } from "./json-object.ts";
import { isRejectionReason, type RejectionReason } from "./rejection-reasons.ts";

/**
 * One record of topic `rejected`: so many events were not taken for this reason, or one of them to look at. Counts are
 * gathered over many requests and hold no sample; samples count nothing.
 */
export interface RejectedRecord {
  atMs: number;
  /** Number of the environment that the events name, 0 where they name none that exists. */
  environmentId: number;
  reason: RejectionReason;
  count: number;
  sample: RejectedSample | null;
}

/** A request of which something was not taken. Texts are "" where there is none, and cut to a length. */
export interface RejectedSample {
  /** The environment key that the event claims, as it was sent. */
  envKey: string;
  /** Cut to /24 or /48. */
  address: string;
  userAgent: string;
  referrer: string;
  host: string;
  /** With the query. */
  path: string;
  contentType: string;
  /** How `body` is packed; "" when it was unpacked or never packed. */
  contentEncoding: string;
  /** The first event that was not taken, as JSON, or the beginning of a body without events. */
  event: string;
  body: string;
  /** `body` is base64, because the bytes are no UTF-8. */
  isBase64: boolean;
  /** Of the body as far as it was read. */
  bodyBytes: number;
  /** `body` is whole, so that it can be sent again. */
  replayable: boolean;
}

/** Longest event or cut body of a sample, in UTF-16 code units. */
export const MAX_SAMPLE_LENGTH = 2_000;
/** Largest body that is kept whole: players send at most 300 events, about 100 kB, most of them a tenth of that. */
export const MAX_KEPT_BODY_BYTES = 65_536;

export function encodeRejectedRecord(record: RejectedRecord): string {
  return JSON.stringify({ v: 2, ...record });
}

/** Null for what is no record of ours. Records of the first release hold a count and a text; they name no environment. */
export function decodeRejectedRecord(text: string): RejectedRecord | null {
  const value = jsonObject(text);
  if (value === null) return null;
  const { v, reason, atMs, count, sample } = value;
  if (!isRejectionReason(reason) || typeof atMs !== "number" || typeof count !== "number") return null;
  if (v === 1) return { atMs, environmentId: 0, reason, count, sample: firstReleaseSample(value) };
  const { environmentId } = value;
  if (v !== 2 || typeof environmentId !== "number" || !(sample === null || isSample(sample))) return null;
  return { atMs, environmentId, reason, count, sample };
}

const TEXTS = [
  "envKey",
  "address",
  "userAgent",
  "referrer",
  "host",
  "path",
  "contentType",
  "contentEncoding",
  "event",
  "body",
] as const satisfies readonly (keyof RejectedSample)[];

function isSample(value: unknown): value is RejectedSample {
  if (typeof value !== "object" || value === null) return false;
  const sample = value as Record<string, unknown>;
  return (
    TEXTS.every((name) => typeof sample[name] === "string") &&
    typeof sample["isBase64"] === "boolean" &&
    typeof sample["bodyBytes"] === "number" &&
    typeof sample["replayable"] === "boolean"
  );
}

function firstReleaseSample({ address, userAgent, sample }: Record<string, unknown>): RejectedSample | null {
  if (typeof sample !== "string") return null;
  return {
    ...{ envKey: "", address: String(address), userAgent: String(userAgent), referrer: "", host: "", path: "" },
    ...{ contentType: "", contentEncoding: "", event: sample, body: "", isBase64: false, bodyBytes: 0 },
    replayable: false,
  };
}
