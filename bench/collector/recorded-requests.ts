import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRewriter, parseRecording, type RecordedRequest } from "../../domain/wire/rewrite-recording.ts";

const FOLDER = new URL("../../fixtures/beacons/", import.meta.url);
/** What browsers send of these; host and length are the request's own. */
const KEPT_HEADERS = ["content-type", "user-agent", "origin", "referer"];

/** Players that name no environment are refused here, which is another, cheaper way through the edge. */
const ENV_KEY_FIELD = '"ake":';

/** Complete HTTP requests, bytes ready to be written: all recordings, `copies` times, each time with new view ids. */
export function recordedRequests(envKey: string, copies: number): Buffer[] {
  const recordings = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".ndjson"))
    .map((name) => parseRecording(readFileSync(new URL(name, FOLDER), "utf8")) ?? [])
    .filter((requests) => requests.every(({ body }) => body.includes(ENV_KEY_FIELD)));
  return Array.from({ length: copies }, (_, copy) =>
    recordings.flatMap((requests, recording) => {
      const rewriter = createRewriter({ shiftMs: 0, envKey, createId: randomUUID });
      const address = `81.${(recording * 7) % 256}.${(copy * 13) % 256}.9`; // as behind a proxy, one viewer a recording
      return requests.map((request) => toBytes(request, rewriter.rewrite(request.body), address));
    }),
  ).flat();
}

function toBytes(request: RecordedRequest, body: string, address: string): Buffer {
  const kept = Object.entries(request.headers).filter(([name]) => KEPT_HEADERS.includes(name));
  const headers = [
    ["host", "beacons.example.com"],
    ["x-forwarded-for", address],
    ...kept,
    ["content-length", Buffer.byteLength(body)],
  ];
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`POST ${request.path} HTTP/1.1\r\n${head}\r\n${body}`);
}
