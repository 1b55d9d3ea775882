import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { cutText } from "../../domain/cut-text.ts";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { envelopeOf } from "../../domain/webhooks/envelope.ts";
import { signatureHeader } from "../../domain/webhooks/signature.ts";
import { FetchFailedError, FetchRefusedError } from "../../platform/fetching/fetch-errors.ts";
import { openUrl } from "../../platform/fetching/open-url.ts";
import type { ClaimedDelivery } from "../../platform/webhooks/claim-deliveries.ts";
import type { AttemptResult } from "../../platform/webhooks/settle-deliveries.ts";

/** Name, connection, answer and body together (reference video-api.md §7.5). */
const ATTEMPT_MS = 5_000;
/** What is kept of an answer. */
const BODY_BYTES = 4_096;
const HEADERS_LENGTH = 4_096;

export interface SendOptions {
  /** Exceptions from "public addresses only": the operator's. */
  allow: AllowList;
  now: () => number;
  /** Instead of 5 s, for tests. */
  attemptMs?: number;
}

/** Whether the receiver has taken it. */
export function isTaken({ statusCode }: Pick<AttemptResult, "statusCode">): boolean {
  return statusCode !== null && statusCode >= 200 && statusCode < 300;
}

/** Sends an event to its endpoint once, signed. Never rejects: whatever goes wrong is what the attempt came to. */
export async function sendAttempt(delivery: ClaimedDelivery, options: SendOptions): Promise<AttemptResult> {
  const { allow, now, attemptMs = ATTEMPT_MS } = options;
  const startedAtMs = now();
  const startMs = performance.now();
  const post = JSON.stringify(envelopeOf(delivery.event, delivery.past));
  const hmacHex = (text: string): string => createHmac("sha256", delivery.signingSecret).update(text).digest("hex");
  const headers = { "content-type": "application/json", "mux-signature": signatureHeader(post, startedAtMs, hmacHex) };
  const deadline = AbortSignal.timeout(attemptMs);
  const answer = await ask(delivery.address, post, { allow, headers, deadline, attemptMs });
  return { startedAtMs, tookMs: Math.round(performance.now() - startMs), ...answer };
}

type Answer = Pick<AttemptResult, "statusCode" | "headers" | "body" | "error">;

interface Asking {
  allow: AllowList;
  headers: Record<string, string>;
  deadline: AbortSignal;
  attemptMs: number;
}

async function ask(address: string, post: string, { allow, headers, deadline, attemptMs }: Asking): Promise<Answer> {
  try {
    const opened = await openUrl(address, {
      ...{ allow, headers, post, signal: deadline, isGoodStatus: () => true },
      ...{ connectTimeoutMs: attemptMs, idleTimeoutMs: attemptMs },
    });
    const body = await beginningOf(opened.body);
    return { statusCode: opened.status, headers: keptHeaders(opened.headers), body, error: null };
  } catch (error) {
    return { statusCode: null, headers: {}, body: null, error: reasonOf(error, deadline, attemptMs) };
  }
}

/** As much as is kept of a body, without what Postgres cannot hold. One that breaks off was answered all the same. */
async function beginningOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= BODY_BYTES) break;
    }
  } catch {
    // the status has come, which is what counts
  }
  return storable(Buffer.concat(chunks).subarray(0, BODY_BYTES).toString());
}

function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  let length = 0;
  for (const [name, value] of Object.entries(headers)) {
    const text = storable([value ?? ""].flat().join(", "));
    length += name.length + text.length;
    if (length > HEADERS_LENGTH) break;
    kept[name] = text;
  }
  return kept;
}

function storable(text: string): string {
  return cutText(text.replaceAll("\0", "\ufffd"), BODY_BYTES);
}

function reasonOf(error: unknown, deadline: AbortSignal, attemptMs: number): string {
  if (deadline.aborted) return `The receiver did not answer within ${attemptMs / 1_000} seconds.`;
  if (error instanceof FetchRefusedError || error instanceof FetchFailedError) return error.message;
  return "The request could not be sent.";
}
