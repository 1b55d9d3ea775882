import type { FieldValue } from "../wire/decode-events.ts";
import { lengthMs, type Span } from "./spans.ts";
import { told } from "./told.ts";

/** The longest that a length is kept as: 32 bits of milliseconds. */
const LONGEST_MS = 2 ** 32 - 1;

/** Share of the video that was played at least once; null where nobody can tell. */
export function completionOf(fields: ReadonlyMap<string, FieldValue>, contentPlayedMs: number): number | null {
  const streamType = String(fields.get("video_stream_type") ?? "").toLowerCase();
  if (streamType.includes("live") || streamType.includes("dvr")) return null;
  const videoMs = videoLengthMs(fields);
  if (videoMs === null) return null;
  const played = playedRanges(String(fields.get("video_playback_range") ?? ""));
  if (played.length === 0) return contentPlayedMs === 0 ? 0 : null;
  const inVideo = played.map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, videoMs) }));
  return lengthMs(inVideo) / videoMs;
}

function videoLengthMs(fields: ReadonlyMap<string, FieldValue>): number | null {
  const toldMs = (name: string) => told(name, fields.get(name));
  const sourceMs = toldMs("video_source_duration") ?? toldMs("player_source_duration");
  const lengths = [sourceMs, toldMs("video_duration")].map((ms) => Math.round(ms ?? 0)).filter((ms) => ms > 0);
  return lengths[0] === undefined ? null : Math.min(lengths[0], LONGEST_MS);
}

/** A text such as `["0:5000","9000:12000"]`, its end perhaps missing. */
function playedRanges(text: string): Span[] {
  return text.split('"').flatMap((piece) => {
    const [from, to] = piece.split(":");
    if (!isTime(from) || !isTime(to) || piece.split(":").length > 2) return [];
    const [fromMs, toMs] = [Math.round(Number(from)), Math.round(Number(to))];
    return toMs > fromMs ? [{ fromMs, toMs }] : [];
  });
}

function isTime(text: string | undefined): boolean {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text);
}
