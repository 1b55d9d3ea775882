import type { Playing } from "./playing.ts";
import { type ClosedSpan, spanAt } from "./span.ts";
import type { Timeline } from "./timeline.ts";
import type { PlaybackModeSpan, RenditionSpan, ViewRecord } from "./view-record.ts";
import type { Mark, ViewState } from "./view-state.ts";

type Rendition = Omit<RenditionSpan, "playingMs">;
type Mode = Omit<PlaybackModeSpan, "playingMs">;

const UNKNOWN: Rendition = { bitrate: 0, widthPx: 0, heightPx: 0, fps: 0, codec: "", name: "" };

/** What stood from one moment on. */
interface Standing<T> {
  fromMs: number;
  value: T;
}

type RenditionFacts = Pick<
  ViewRecord,
  "renditions" | "averageBitrate" | "renditionChangeCount" | "renditionUpshiftCount" | "renditionDownshiftCount"
>;

/** Which renditions content was played in for how long, and how often they changed for the better or the worse while playing. */
export function renditionsOf(view: ViewState, timeline: Timeline, { content }: Playing): RenditionFacts {
  const standings = standingsOf(view.marks.filter(tellsPicture), UNKNOWN, nextRendition);
  const shifts = countShifts(standings, timeline);
  const spans = playedSpans(standings, content);
  return {
    renditions: merge(spans, ({ bitrate, widthPx, heightPx, fps, codec, name }) =>
      [bitrate, widthPx, heightPx, fps, codec, name].join("\u0000"),
    ),
    averageBitrate: averageBitrate(spans),
    renditionChangeCount: shifts.up + shifts.down,
    renditionUpshiftCount: shifts.up,
    renditionDownshiftCount: shifts.down,
  };
}

/** Which playback modes were used for how long, ads included: "" until one was told. Together they are the playing time. */
export function playbackModesOf(view: ViewState, { all }: Playing): PlaybackModeSpan[] {
  const none: Mode = { mode: "", data: "" };
  const standings = standingsOf(view.marks.filter(tellsMode), none, (before, { mode, modeData }) => ({
    mode: mode ?? before.mode,
    data: modeData === undefined ? before.data : withoutEmptyObject(modeData),
  }));
  return merge(playedSpans(standings, all), ({ mode, data }) => `${mode}\u0000${data}`);
}

/** The web SDK sends `{}` where there is nothing to tell. */
function withoutEmptyObject(data: string): string {
  return data === "{}" ? "" : data;
}

/** The two are walked apart: the impossible time of a mark of one kind must not move those of the other. */
function tellsPicture({ bitrate, widthPx, heightPx, fps, codec, name }: Mark): boolean {
  return [bitrate, widthPx, heightPx, fps, codec, name].some((told) => told !== undefined);
}

function tellsMode({ mode, modeData }: Mark): boolean {
  return mode !== undefined || modeData !== undefined;
}

/** Runs through the marks in sequence order; times never go back. */
function standingsOf<T>(marks: readonly Mark[], first: T, next: (before: T, mark: Mark) => T): Standing<T>[] {
  let last: Standing<T> = { fromMs: Number.NEGATIVE_INFINITY, value: first };
  const standings = [last];
  for (const mark of marks) {
    last = { fromMs: Math.max(last.fromMs, mark.viewerTimeMs), value: next(last.value, mark) };
    standings.push(last);
  }
  return standings;
}

/**
 * A mark that tells a bitrate knows the rendition. What other events tell of the size is the element's, which follows a
 * second or two behind: it counts only where nothing better is known.
 */
function nextRendition(before: Rendition, mark: Mark): Rendition {
  const isSure = mark.isChange === true || (mark.bitrate ?? 0) > 0 || before.bitrate === 0;
  const pick = <V extends number | string>(told: V | undefined, known: V): V =>
    told !== undefined && (isSure || !known) ? told : known;
  return {
    bitrate: pick(mark.bitrate, before.bitrate),
    widthPx: pick(mark.widthPx, before.widthPx),
    heightPx: pick(mark.heightPx, before.heightPx),
    fps: pick(mark.fps, before.fps),
    codec: pick(mark.codec, before.codec),
    name: pick(mark.name, before.name),
  };
}

/** While somebody watched content, stalls and seeks included: a downward shift often comes with the end of a stall. */
function countShifts(standings: readonly Standing<Rendition>[], timeline: Timeline): { up: number; down: number } {
  const shifts = { up: 0, down: 0 };
  const { contentFrameAtMs, watching } = timeline;
  let before = UNKNOWN;
  for (const { fromMs, value } of standings) {
    const change = compareRenditions(value, before);
    before = value;
    if (change === 0 || contentFrameAtMs === null || fromMs < contentFrameAtMs) continue;
    if (spanAt(watching, fromMs) === null) continue;
    if (change > 0) shifts.up += 1;
    else shifts.down += 1;
  }
  return shifts;
}

/** By bitrate, else by size; 0 where one of them is not known. */
function compareRenditions(a: Rendition, b: Rendition): number {
  if (a.bitrate > 0 && b.bitrate > 0) return a.bitrate - b.bitrate;
  const [areaA, areaB] = [a.widthPx * a.heightPx, b.widthPx * b.heightPx];
  return areaA > 0 && areaB > 0 ? areaA - areaB : 0;
}

type Played<T> = T & { playingMs: number };

/** One pass over both: a client may make thousands of either. */
function playedSpans<T extends object>(standings: readonly Standing<T>[], playing: Playing["all"]): Played<T>[] {
  let first = 0;
  return standings.map(({ fromMs, value }, index) => {
    const toMs = standings[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    while (first < playing.length && (playing[first] as ClosedSpan).endMs <= fromMs) first += 1;
    let playingMs = 0;
    for (let at = first; at < playing.length && (playing[at] as ClosedSpan).startMs < toMs; at += 1) {
      const { startMs, endMs } = playing[at] as ClosedSpan;
      playingMs += Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs));
    }
    return { ...value, playingMs };
  });
}

/** Adds up what is the same, in order of first playing; whole milliseconds. */
function merge<T>(played: readonly Played<T>[], keyOf: (span: Played<T>) => string): Played<T>[] {
  const byKey = new Map<string, Played<T>>();
  for (const span of played) {
    if (span.playingMs === 0) continue;
    const key = keyOf(span);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { ...span });
    else known.playingMs += span.playingMs;
  }
  return [...byKey.values()]
    .map((span) => ({ ...span, playingMs: Math.round(span.playingMs) }))
    .filter(({ playingMs }) => playingMs > 0);
}

/** Weighed by the time played, of what is known. */
function averageBitrate(spans: readonly RenditionSpan[]): number | null {
  const known = spans.filter(({ bitrate }) => bitrate > 0);
  const playingMs = known.reduce((sum, span) => sum + span.playingMs, 0);
  const bitMs = known.reduce((sum, span) => sum + span.bitrate * span.playingMs, 0);
  return playingMs === 0 ? null : bitMs / playingMs;
}
