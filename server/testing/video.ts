import type { AssetResult, IngestOutcome } from "../../domain/asset/outcome.ts";
import { applyResultTask } from "../video/apply-result.ts";
import type { TestServer } from "./test-server.ts";

/** A ready outcome as a transcoder tells it of a plain file. */
export const READY: IngestOutcome = {
  kind: "ready",
  planId: "0123456789abcdef",
  sourceGeneration: 1,
  reasons: null,
  facts: {
    durationSeconds: 40.04,
    video: { widthPx: 1920, heightPx: 1080, frameRate: 25 },
    sounds: [{ channels: 2, durationSeconds: 40.04, name: "Default", language: null }],
    topRendition: { widthPx: 1920, heightPx: 1080 },
    input: {
      containerFormat: "mp4",
      tracks: [
        { type: "video", durationSeconds: 40, encoding: "h264", widthPx: 1920, heightPx: 1080, frameRate: 25 },
        { type: "audio", durationSeconds: 40.04, encoding: "aac", channels: 2, sampleRate: 48_000 },
      ],
    },
  },
};

/** Payload of the job by which a transcoder tells an outcome. */
export function result(environment: string, assetId: string, outcome: IngestOutcome = READY): AssetResult {
  return { environment, assetId, outcome };
}

/** Runs that job at once. */
export function applyOutcomeNow(server: TestServer, payload: AssetResult): Promise<void> {
  const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
  return applyResultTask(server.services)(payload, context);
}

/** Types and objects of what was noted for webhooks, in order. */
export async function eventsOf(server: TestServer): Promise<{ type: string; object_id: string; data: object }[]> {
  return server.db.selectFrom("webhook_events").select(["type", "object_id", "data"]).orderBy("number").execute();
}

/** Asks the API as one caller. */
export function caller(server: TestServer, authorization: string | undefined, extra: Record<string, string> = {}) {
  const headers = { ...extra, ...(authorization === undefined ? {} : { authorization }) };
  return (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", url: string, payload?: object) =>
    server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
}
