import type { FieldValue } from "../wire/decode-events.ts";
import type { TimedEvent } from "./settle.ts";

/** Who delivered a view. */
export interface Cdns {
  /** The last one; "" where nobody tells. */
  cdn: string;
  /** One after the other, as the player noticed them. */
  trace: readonly string[];
}

/** What a response says of itself stands above what the player says; only segments with pictures are looked at. */
export function cdnsOf(events: readonly TimedEvent[], fields: ReadonlyMap<string, FieldValue>): Cdns {
  const responses = events
    .filter(({ name, fields: told }) => name === "requestcompleted" && isSegment(told["request_type"]))
    .map(headerOf)
    .filter((cdn) => cdn !== "");
  const trace = events
    .filter(({ name, fields: told }) => name === "cdnchange" && told["video_cdn"] !== undefined)
    .map(({ fields: told }) => String(told["video_cdn"] ?? ""))
    .filter((cdn) => cdn !== "");
  return { cdn: responses.at(-1) ?? String(fields.get("video_cdn") ?? ""), trace };
}

function isSegment(type: unknown): boolean {
  return type === "media" || type === "video";
}

function headerOf({ nested }: TimedEvent): string {
  const headers = nested["request_response_headers"];
  if (typeof headers !== "object" || headers === null || !("x-cdn" in headers)) return "";
  return typeof headers["x-cdn"] === "string" ? headers["x-cdn"] : "";
}
