import { readFileSync } from "node:fs";
import { parseRecording } from "../../domain/wire/rewrite-recording.ts";
import { RequestTemplate } from "./request-template.ts";

const RECORDING = new URL("../../fixtures/beacons/hlsjs-normal.ndjson", import.meta.url);

/** The requests of a view, as hls.js under mux-embed sent them: 9.8 kB, 5.0 kB, then 3.6 kB each 10 s, 2.4 kB at the end. */
export interface RecordedView {
  /** Ends with `viewstart`. */
  start: RequestTemplate;
  /** `play`, `playing` and the first segments; 10 s later. */
  play: RequestTemplate;
  /** A heartbeat and four segments; each 10 s from then on. */
  steady: RequestTemplate;
  /** `viewend`; sent twice. */
  end: RequestTemplate;
}

/** @param userAgent in place of the recorded one, which is a robot's */
export function recordedView(envKey: string, userAgent: string): RecordedView {
  const requests = parseRecording(readFileSync(RECORDING, "utf8")) ?? [];
  const [start, play, steady, , end] = requests.map(({ body, headers, path }) => {
    return new RequestTemplate({ body, path, headers: { ...headers, "user-agent": userAgent } }, envKey);
  });
  if (start === undefined || play === undefined || steady === undefined || end === undefined) {
    throw new Error("the recording has fewer requests than it had");
  }
  return { start, play, steady, end };
}
