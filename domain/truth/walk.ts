import type { SettledView, TimedEvent } from "./settle.ts";
import type { Span } from "./spans.ts";

/** A fatal error of a view, and where it came. */
export interface Fatal {
  businessException: boolean;
  /** Before the first frame of content or of an ad. */
  beforeFrame: boolean;
  duringAds: boolean;
}

/** What a view's events tell one after the other. Spans are on the client's clock. */
export interface Walk {
  /** Play was wanted first. */
  intentMs: number | null;
  /** First frame, of content or of a pre-roll. */
  frameMs: number | null;
  contentFrameMs: number | null;
  /** The program of a running player changed: nobody waited for a start. */
  programChanged: boolean;
  /** Someone watches or waits to: start-up, playing, stalls and seeks. */
  watching: Span[];
  stalls: Span[];
  seeks: Span[];
  adBreaks: Span[];
  stallCount: number;
  seekCount: number;
  fatals: Fatal[];
}

/** Each of these says that somebody wants to see something. */
const WANTS = new Set(["viewstart", "play", "playing", "adbreakstart", "adplay", "adplaying"]);

type Kind = "watching" | "stalls" | "seeks" | "adBreaks";

interface Walker extends Walk {
  open: Partial<Record<Kind, number>>;
  /** The content's last frame was shown. */
  contentOver: boolean;
  /** Play is not wanted: a seek now is not the end of a pause. */
  paused: boolean;
}

/** Walks the events in the order in which the client made them. What is open at the end, ends with the newest event. */
export function walk({ events }: SettledView): Walk {
  const walker: Walker = {
    intentMs: null,
    frameMs: null,
    contentFrameMs: null,
    programChanged: events.some(({ fields }) => fields["view_program_changed"] === true),
    watching: [],
    stalls: [],
    seeks: [],
    adBreaks: [],
    stallCount: 0,
    seekCount: 0,
    fatals: [],
    open: {},
    contentOver: false,
    paused: true,
  };
  for (const event of events) step(walker, event);
  const newestMs = Math.max(...events.map(({ atMs }) => atMs));
  for (const kind of ["watching", "stalls", "seeks", "adBreaks"] as const) close(walker, kind, newestMs);
  return walker;
}

function step(walker: Walker, event: TimedEvent): void {
  const { name, atMs } = event;
  if (WANTS.has(name)) {
    walker.intentMs ??= atMs;
    walker.paused = false;
    open(walker, "watching", atMs);
  }
  if (name === "playing" || name === "adplaying") walker.frameMs ??= atMs;
  if (name === "playing") {
    close(walker, "adBreaks", atMs); // content runs again, even if nobody told that the break is over
    close(walker, "seeks", atMs);
    walker.contentFrameMs ??= atMs;
    walker.contentOver = false;
  }
  if (name === "rebufferstart" && walker.frameMs !== null && !isOpen(walker, "seeks") && !isOpen(walker, "adBreaks")) {
    walker.stallCount += 1;
    close(walker, "stalls", atMs);
    open(walker, "stalls", atMs);
  }
  if (name === "rebufferend") close(walker, "stalls", atMs);
  if (name === "seeking") startSeek(walker, atMs);
  if (name === "seeked") endSeek(walker, atMs);
  if (name === "adbreakstart") {
    close(walker, "stalls", atMs);
    open(walker, "adBreaks", atMs);
  }
  if (name === "adbreakend") {
    close(walker, "adBreaks", atMs);
    if (walker.contentOver) stop(walker, atMs);
  }
  if (name === "pause" || name === "adpause") pause(walker, atMs);
  if (name === "ended") {
    walker.contentOver = true;
    stop(walker, atMs);
  }
  if (name === "devicesleep" || name === "viewend") stop(walker, atMs);
  if (name === "devicewake" && walker.intentMs !== null) open(walker, "watching", atMs); // only told while it plays
  if (name === "error") fail(walker, event);
}

/** Seeks of a player that nobody has asked to play are its own affair. A seek in a pause is waited for like any other. */
function startSeek(walker: Walker, atMs: number): void {
  if (walker.intentMs === null) return;
  endSeek(walker, atMs);
  close(walker, "stalls", atMs);
  walker.seekCount += 1;
  open(walker, "seeks", atMs);
  open(walker, "watching", atMs);
}

function endSeek(walker: Walker, atMs: number): void {
  if (!isOpen(walker, "seeks")) return;
  close(walker, "seeks", atMs);
  if (walker.paused) close(walker, "watching", atMs);
}

/** A seek under way goes on. */
function pause(walker: Walker, atMs: number): void {
  walker.paused = true;
  close(walker, "stalls", atMs);
  if (!isOpen(walker, "seeks")) close(walker, "watching", atMs);
}

function stop(walker: Walker, atMs: number): void {
  walker.paused = true;
  for (const kind of ["stalls", "seeks", "watching"] as const) close(walker, kind, atMs);
}

/** A warning changes nothing; what is not said to be one ends playback. */
function fail(walker: Walker, { fields, atMs }: TimedEvent): void {
  if (fields["player_error_severity"] === "warning") return;
  walker.fatals.push({
    businessException: fields["player_error_business_exception"] === true,
    beforeFrame: walker.frameMs === null,
    duringAds: isOpen(walker, "adBreaks"),
  });
  stop(walker, atMs);
}

function isOpen(walker: Walker, kind: Kind): boolean {
  return walker.open[kind] !== undefined;
}

function open(walker: Walker, kind: Kind, atMs: number): void {
  walker.open[kind] ??= atMs;
}

function close(walker: Walker, kind: Kind, atMs: number): void {
  const fromMs = walker.open[kind];
  if (fromMs === undefined) return;
  walker[kind].push({ fromMs, toMs: atMs });
  delete walker.open[kind];
}
