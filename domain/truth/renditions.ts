import type { FieldValue } from "../wire/decode-events.ts";
import type { TimedEvent } from "./settle.ts";
import { both, lengthMs, type Span } from "./spans.ts";
import { told as measured } from "./told.ts";
import type { Walk } from "./walk.ts";

/** What was on the screen, as far as the player told. */
export interface Renditions {
  upshifts: number;
  downshifts: number;
  /** bit/s, weighed by the time it played; null where no bitrate is known of what played. */
  averageBitrate: number | null;
  /** Some event knows its size. */
  hasPicture: boolean;
}

const TOLD_BY = ["video_source_bitrate", "video_source_width", "video_source_height"];

/** 0 where it is not known. */
interface Rendition {
  bitrate: number;
  pixels: number;
}

/** @param playing content on the screen, moving */
export function walkRenditions(
  events: readonly TimedEvent[],
  { watching, watchesOn, contentFrameMs }: Pick<Walk, "watching" | "watchesOn" | "contentFrameMs">,
  playing: readonly Span[],
): Renditions {
  const told = { bitrate: 0, width: 0, height: 0 };
  const bitrates: { bitrate: number; fromMs: number }[] = [];
  let [upshifts, downshifts] = [0, 0];
  let hasPicture = false;
  let last: Rendition = { bitrate: 0, pixels: 0 };
  let clockMs = Number.NEGATIVE_INFINITY;
  for (const { name, fields, atMs } of events) {
    if (!TOLD_BY.some((field) => fields[field] !== undefined)) continue;
    clockMs = Math.max(clockMs, atMs);
    // Other events tell what the element shows, which follows behind: only where nothing better is known.
    const isChange = name === "renditionchange";
    const isSure = isChange || amount("video_source_bitrate", fields) > 0 || told.bitrate === 0;
    told.bitrate = newer("video_source_bitrate", fields, told.bitrate, isSure);
    told.width = newer("video_source_width", fields, told.width, isSure);
    told.height = newer("video_source_height", fields, told.height, isSure);
    if (told.width > 0 || told.height > 0) hasPicture = true;
    bitrates.push({ bitrate: told.bitrate, fromMs: clockMs });
    const next = { bitrate: told.bitrate, pixels: told.width * told.height };
    const isWatched = watching.some((span) => holds(span, clockMs)) || (watchesOn && clockMs === watching.at(-1)?.toMs);
    const inPlay = contentFrameMs !== null && clockMs >= contentFrameMs && isWatched;
    if (inPlay && isBetter(next, last)) upshifts += 1;
    if (inPlay && isBetter(last, next)) downshifts += 1;
    last = next;
  }
  return { upshifts, downshifts, averageBitrate: averageBitrate(bitrates, playing), hasPicture };
}

/** By bitrate where both are known, else by size where both are. */
function isBetter(one: Rendition, other: Rendition): boolean {
  if (one.bitrate > 0 && other.bitrate > 0) return one.bitrate > other.bitrate;
  return one.pixels > 0 && other.pixels > 0 && one.pixels > other.pixels;
}

function averageBitrate(
  bitrates: readonly { bitrate: number; fromMs: number }[],
  playing: readonly Span[],
): number | null {
  let [bitMs, ms] = [0, 0];
  bitrates.forEach(({ bitrate, fromMs }, at) => {
    if (bitrate <= 0) return;
    const toMs = bitrates[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const playedMs = lengthMs(both([{ fromMs, toMs }], playing));
    bitMs += bitrate * playedMs;
    ms += playedMs;
  });
  return ms === 0 ? null : bitMs / ms;
}

function holds({ fromMs, toMs }: Span, atMs: number): boolean {
  return fromMs <= atMs && atMs < toMs;
}

type Fields = Readonly<Record<string, FieldValue>>;

/** Absent: as before. */
function newer(name: string, fields: Fields, before: number, isSure: boolean): number {
  return fields[name] !== undefined && (isSure || before === 0) ? amount(name, fields) : before;
}

/** 0 for what is not known. */
function amount(name: string, fields: Fields): number {
  return measured(name, fields[name]) ?? 0;
}
