import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createRewriter, type RecordedRequest, transmittedAt } from "../../domain/wire/rewrite-recording.ts";
import type { Poster, Reply } from "../simulate/post.ts";

export interface Replay {
  requests: readonly RecordedRequest[];
  /** 10: a minute in six seconds. The views keep their durations and end when the replay does. */
  speed: number;
  envKey: string;
  signal?: AbortSignal;
}

export interface Replayed {
  /** Recorded view id → new one. */
  viewIds: ReadonlyMap<string, string>;
  requests: number;
  failed: number;
  lastFailure: Reply | null;
}

/** What browsers would send again; hosts and lengths are this request's own. */
const KEPT_HEADERS = ["content-type", "user-agent", "origin", "referer"];

/** Sends a recording as new views. Nothing is sent twice but what was recorded twice. Rejects only when aborted. */
export async function playRecording(poster: Poster, { requests, speed, envKey, signal }: Replay): Promise<Replayed> {
  const startMs = Date.now();
  const firstMs = requests[0]?.atMs ?? 0;
  const dueMs = ({ atMs }: RecordedRequest) => startMs + (atMs - firstMs) / speed;
  const rewriter = createRewriter({ shiftMs: shiftOf(requests, dueMs), envKey, createId: randomUUID });

  const replies: Promise<Reply>[] = [];
  for (const request of requests) {
    const waitMs = dueMs(request) - Date.now();
    if (waitMs > 0) await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
    replies.push(poster.post(keptHeaders(request), rewriter.rewrite(request.body), request.path));
  }
  const failures = (await Promise.all(replies)).filter(({ accepted }) => !accepted);
  return {
    viewIds: rewriter.viewIds(),
    requests: requests.length,
    failed: failures.length,
    lastFailure: failures.at(-1) ?? null,
  };
}

/** Makes the last request leave, by its own clock, when it really leaves: a view then ends now, whatever the speed. */
function shiftOf(requests: readonly RecordedRequest[], dueMs: (request: RecordedRequest) => number): number {
  const last = requests.findLast((request) => transmittedAt(request) !== null);
  return last === undefined ? 0 : Math.round(dueMs(last) - (transmittedAt(last) ?? 0));
}

function keptHeaders({ headers }: RecordedRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT_HEADERS.includes(name)));
}
