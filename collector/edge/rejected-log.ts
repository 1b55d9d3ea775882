import { isUtf8 } from "node:buffer";
import {
  encodeRejectedRecord,
  MAX_KEPT_BODY_BYTES,
  MAX_SAMPLE_LENGTH,
  type RejectedRecord,
  type RejectedSample,
} from "../../domain/messages/rejected-record.ts";
import { SampleCaps } from "../../domain/messages/sample-caps.ts";
import type { LogRecord, LogWriter } from "../../platform/eventlog/eventlog.ts";
import type { Rejection } from "./rejection.ts";

/** What is kept of a request besides its body. */
export type SampledRequest = Pick<
  RejectedSample,
  "address" | "userAgent" | "referrer" | "host" | "path" | "contentType" | "contentEncoding"
>;

/** A request of which something was rejected. */
export interface RejectedRequest {
  rejections: readonly Rejection[];
  /** Asked only for what becomes a sample. */
  describe(): SampledRequest;
  /** As it was read; null where it was not. */
  body: Buffer | null;
  /** The body is all that was sent. */
  isWhole: boolean;
  /** Of all its events, those that were taken included; without 0. */
  environmentIds: ReadonlySet<number>;
  /** Sender's address, cut to its network. */
  sender: string;
  /** A sample of earlier: it is counted, and no further sample made of it. */
  isReplay: boolean;
}

/** Counts of all requests in this time become one record each: 4 a second and reason, whatever anybody sends. */
const GATHER_MS = 250;
/** Of a sample's record besides its body: headers, at most 5 kB, and the event, at most 2 kB; usually this. */
const SAMPLE_OVERHEAD_BYTES = 2_000;

interface Gathered {
  counts: Map<string, RejectedRecord>;
  samples: RejectedRecord[];
  written: PromiseWithResolvers<void>;
}

/**
 * Writes what was rejected to topic `rejected`: every count, and samples as far as their caps allow. A request that is
 * rejected may wait for others, so that a flood is a few records a second; the first one after a pause does not.
 */
export class RejectedLog {
  readonly #writer: LogWriter;
  readonly #stampMs: () => number;
  readonly #gatherMs: number;
  readonly #caps = new SampleCaps();
  #gathered: Gathered | null = null;
  #flushedAtMs = Number.NEGATIVE_INFINITY;

  /** @param stampMs log time, never going back */
  constructor(writer: LogWriter, stampMs: () => number, gatherMs = GATHER_MS) {
    this.#writer = writer;
    this.#stampMs = stampMs;
    this.#gatherMs = gatherMs;
  }

  /** Resolves when the counts are durable; rejects when they are not: then nothing was counted. */
  append(request: RejectedRequest): Promise<void> {
    const atMs = this.#stampMs();
    const gathered = this.#gathered ?? this.#begin(atMs);
    for (const rejection of request.rejections) {
      addCount(gathered.counts, rejection, atMs);
      const sample = request.isReplay ? null : this.#sample(rejection, request, atMs);
      if (sample !== null) gathered.samples.push(sample);
    }
    return gathered.written.promise;
  }

  #begin(atMs: number): Gathered {
    const gathered: Gathered = { counts: new Map(), samples: [], written: Promise.withResolvers() };
    this.#gathered = gathered;
    const delayMs = Math.max(0, Math.min(this.#gatherMs, this.#flushedAtMs + this.#gatherMs - atMs));
    if (delayMs > 0) setTimeout(() => this.#flush(gathered), delayMs);
    else queueMicrotask(() => this.#flush(gathered)); // after `append` has added to it
    return gathered;
  }

  #flush({ counts, samples, written }: Gathered): void {
    this.#gathered = null;
    this.#flushedAtMs = this.#stampMs();
    const records = [...counts.values(), ...samples].map((record) => this.#record(record));
    this.#writer.append(records).then(written.resolve, written.reject);
  }

  #record(record: RejectedRecord): LogRecord {
    const value = Buffer.from(encodeRejectedRecord(record));
    return { partition: 0, key: record.reason, value, timestampMs: this.#flushedAtMs };
  }

  /** Whole where it fits, else cut, else none. What it is made of is looked at only once it is admitted. */
  #sample(rejection: Rejection, request: RejectedRequest, atMs: number): RejectedRecord | null {
    const { reason, first } = rejection;
    if (request.body === null && first === undefined) return null; // nothing to look at, and no place of others taken
    const environmentId = rejection.environment?.environmentId ?? 0;
    const origin = { environmentId, reason, sender: request.sender };
    const bodyBytes = request.body?.length ?? 0;
    const canBeWhole = request.isWhole && bodyBytes > 0 && bodyBytes <= MAX_KEPT_BODY_BYTES;
    const isWhole = canBeWhole && this.#caps.admit(atMs, origin, SAMPLE_OVERHEAD_BYTES + bodyBytes);
    if (!isWhole && !this.#caps.admit(atMs, origin, SAMPLE_OVERHEAD_BYTES + MAX_SAMPLE_LENGTH)) return null;
    const body = isMixed(rejection, request) ? bodyOfEvent(rejection.first) : keptBody(request.body, isWhole);
    const sample: RejectedSample = {
      ...request.describe(),
      envKey: rejection.envKey,
      event: (toJson(rejection.first) ?? "").slice(0, MAX_SAMPLE_LENGTH),
      ...body,
      bodyBytes,
    };
    return { atMs, environmentId, reason, count: 0, sample };
  }
}

function addCount(counts: Map<string, RejectedRecord>, { reason, environment, count }: Rejection, atMs: number): void {
  const environmentId = environment?.environmentId ?? 0;
  const key = `${environmentId} ${reason}`;
  const known = counts.get(key);
  if (known !== undefined) known.count += count;
  else counts.set(key, { atMs, environmentId, reason, count, sample: null });
}

/** True where the body holds another environment's events too. What is nobody's only the installation's operator sees. */
function isMixed({ environment }: Rejection, { environmentIds }: RejectedRequest): boolean {
  return environment !== null && [...environmentIds].some((id) => id !== environment.environmentId);
}

/** Six characters each in JSON. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f]/;

type KeptBody = Pick<RejectedSample, "body" | "isBase64" | "replayable">;

function keptBody(body: Buffer | null, isWhole: boolean): KeptBody {
  if (body === null) return { body: "", isBase64: false, replayable: false };
  if (!isWhole) return { body: body.toString("utf8", 0, MAX_SAMPLE_LENGTH), isBase64: false, replayable: false };
  const isBase64 = !isUtf8(body) || CONTROLS.test(body.toString("latin1"));
  return { body: body.toString(isBase64 ? "base64" : "utf8"), isBase64, replayable: true };
}

/** The event alone, as a request of its own. */
function bodyOfEvent(event: unknown): KeptBody {
  const body = `{"events":[${toJson(event) ?? ""}]}`;
  const replayable = body.length <= MAX_SAMPLE_LENGTH;
  return { body: replayable ? body : "", isBase64: false, replayable };
}

function toJson(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null; // RangeError: writing is recursive, reading is not
  }
}
