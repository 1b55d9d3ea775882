import type { SettledView, TimedEvent } from "./settle.ts";
import type { Span } from "./spans.ts";

/** The fatal error after which nothing played any more. */
export interface Failure {
  businessException: boolean;
  /** Before the first frame of content or of an ad. */
  beforeFrame: boolean;
  duringAds: boolean;
}

/** What a view's events tell one after the other. Spans are on the client's clock. */
export interface Walk {
  /** Play was wanted first. */
  intentMs: number | null;
  /** Nothing but the first frame tells that play was wanted: nobody knows how long it was waited for. */
  startUnknown: boolean;
  /** First frame, of content or of a pre-roll. */
  frameMs: number | null;
  contentFrameMs: number | null;
  /** The program of a running player changed: nobody waited for a start. */
  programChanged: boolean;
  /** Someone watches or waits to: start-up, playing, stalls and seeks. */
  watching: Span[];
  /** The last of them had not ended when the newest event came. */
  watchesOn: boolean;
  stalls: Span[];
  seeks: Span[];
  adBreaks: Span[];
  /** Frames of an ad move. */
  adsShown: Span[];
  stallCount: number;
  seekCount: number;
  failure: Failure | null;
  /** Any fatal error, whatever came of it. */
  hadFatal: boolean;
}

/** Each of these says that somebody wants to see something. */
const WANTS = new Set(["viewstart", "play", "playing", "adbreakstart", "adplay", "adplaying"]);

type Kind = "watching" | "stalls" | "seeks" | "adBreaks" | "adsShown";

const KINDS: readonly Kind[] = ["watching", "stalls", "seeks", "adBreaks", "adsShown"];

interface Walker extends Walk {
  open: Partial<Record<Kind, number>>;
  /** The content's last frame was shown. */
  contentOver: boolean;
  /** The content's own element moves, under an ad too where one stream carries both. */
  contentRuns: boolean;
  /** Play is not wanted: a seek now is not the end of a pause. */
  paused: boolean;
  /** An ad was tried and is not over. */
  adUnderWay: boolean;
  /** It has shown a frame. */
  adOnScreen: boolean;
  adPaused: boolean;
  /** Nobody told that the break began: it is over with its ad. */
  breakImplied: boolean;
}

/** Walks the events in the order in which the client made them. What is open at the end, ends with the newest event. */
export function walk({ events }: SettledView): Walk {
  const walker: Walker = {
    ...{ intentMs: null, frameMs: null, contentFrameMs: null, startUnknown: false, failure: null, hadFatal: false },
    ...{
      watching: [],
      watchesOn: false,
      stalls: [],
      seeks: [],
      adBreaks: [],
      adsShown: [],
      stallCount: 0,
      seekCount: 0,
    },
    programChanged: events.some(({ fields }) => fields["view_program_changed"] === true),
    ...{
      open: {},
      contentOver: false,
      contentRuns: false,
      paused: true,
      adUnderWay: false,
      adOnScreen: false,
      adPaused: false,
      breakImplied: false,
    },
  };
  for (const event of events) step(walker, event);
  const newestMs = Math.max(...events.map(({ atMs }) => atMs));
  walker.watchesOn = isOpen(walker, "watching");
  for (const kind of KINDS) close(walker, kind, newestMs);
  return walker;
}

function step(walker: Walker, event: TimedEvent): void {
  const { name, atMs } = event;
  if (WANTS.has(name)) want(walker, name, atMs);
  if (name === "playing" || name === "adplaying") showFrame(walker, atMs);
  if (name === "playing") playContent(walker, atMs);
  if (name.startsWith("ad")) stepAds(walker, name, atMs);
  if (name === "rebufferstart") startStall(walker, atMs);
  if (name === "rebufferend") close(walker, "stalls", atMs);
  if (name === "seeking") startSeek(walker, atMs);
  if (name === "seeked") endSeek(walker, atMs);
  if (name === "pause") pause(walker, atMs);
  if (name === "ended") end(walker, atMs);
  if (name === "devicesleep") stop(walker, atMs);
  if (name === "devicewake") wake(walker, atMs);
  if (name === "error") fail(walker, event);
  if (name === "viewend") for (const kind of KINDS) close(walker, kind, atMs);
}

function want(walker: Walker, name: string, atMs: number): void {
  if (walker.intentMs === null) walker.startUnknown = name === "playing" || name === "adplaying";
  walker.intentMs ??= atMs;
  walker.paused = false;
  open(walker, "watching", atMs);
}

/** Whatever failed before was not the end. */
function showFrame(walker: Walker, atMs: number): void {
  walker.frameMs ??= atMs;
  walker.failure = null;
  close(walker, "seeks", atMs);
}

/** Content that plays under an ad on the screen is the stream that carries both; any other ends a break. */
function playContent(walker: Walker, atMs: number): void {
  walker.contentRuns = true;
  walker.contentOver = false;
  if (walker.adOnScreen) return;
  walker.contentFrameMs ??= atMs;
  endAd(walker, atMs);
  close(walker, "adBreaks", atMs);
}

function stepAds(walker: Walker, name: string, atMs: number): void {
  if (name === "adbreakstart" || name === "adplay") close(walker, "stalls", atMs);
  if (name === "adbreakstart") {
    close(walker, "adBreaks", atMs);
    walker.breakImplied = false;
  }
  if (name === "adplay" && !walker.adPaused) endAd(walker, atMs); // another one takes its place
  const begins = name === "adplay" || name === "adplaying";
  if (begins && !isOpen(walker, "adBreaks")) walker.breakImplied = true;
  if (begins) walker.adUnderWay = true;
  if (begins || name === "adbreakstart") open(walker, "adBreaks", atMs);
  if (name === "adplaying") {
    walker.adOnScreen = true;
    open(walker, "adsShown", atMs);
  }
  if (name === "adpause") {
    pause(walker, atMs);
    close(walker, "adsShown", atMs);
  }
  if (name === "adpause") walker.adPaused = walker.adUnderWay;
  if (name === "adplaying") walker.adPaused = false;
  if (["adended", "adskipped", "aderror", "adbreakstart", "adbreakend"].includes(name)) {
    endAd(walker, atMs);
  }
  if (name !== "adbreakend") return;
  close(walker, "adBreaks", atMs);
  if (walker.contentRuns) walker.contentFrameMs ??= atMs;
  if (walker.contentOver) stop(walker, atMs);
}

function endAd(walker: Walker, atMs: number): void {
  walker.adUnderWay = false;
  walker.adOnScreen = false;
  walker.adPaused = false;
  close(walker, "adsShown", atMs);
  if (walker.breakImplied) close(walker, "adBreaks", atMs); // it lasts as long as its ad
}

/** Never before the first frame, in a seek, or in an ad break; and nobody waits for a player that is paused. */
function startStall(walker: Walker, atMs: number): void {
  const { frameMs, open: lasting } = walker;
  const watchingMs = lasting.watching;
  if (frameMs === null || watchingMs === undefined || isOpen(walker, "seeks") || isOpen(walker, "adBreaks")) return;
  if (isOpen(walker, "stalls")) return;
  walker.stallCount += 1;
  open(walker, "stalls", Math.max(atMs, watchingMs));
}

/** Seeks of a player that nobody has asked to play are its own affair. A seek in a pause is waited for like any other. */
function startSeek(walker: Walker, atMs: number): void {
  if (walker.intentMs === null) return;
  close(walker, "seeks", atMs);
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

/** A seek under way goes on. In a break, before its ad is on the screen, content pauses for the ad, and the viewer waits. */
function pause(walker: Walker, atMs: number): void {
  walker.contentRuns = false;
  if (isOpen(walker, "adBreaks") && !walker.adOnScreen) return;
  walker.paused = true;
  close(walker, "stalls", atMs);
  if (!isOpen(walker, "seeks")) close(walker, "watching", atMs);
}

/** The client tells `pause` first, a few milliseconds before; that much more is watched. */
function end(walker: Walker, atMs: number): void {
  walker.contentOver = true;
  const last = walker.watching.at(-1);
  if (!isOpen(walker, "watching") && last !== undefined && atMs > last.toMs && atMs - last.toMs < 50) last.toMs = atMs;
  stop(walker, atMs);
}

function stop(walker: Walker, atMs: number): void {
  walker.paused = true;
  walker.contentRuns = false;
  for (const kind of ["stalls", "seeks", "watching"] as const) close(walker, kind, atMs);
}

/** Sleep is only told of a player that plays. */
function wake(walker: Walker, atMs: number): void {
  walker.paused = false;
  open(walker, "watching", atMs);
}

/** A warning changes nothing; what is not said to be one ends playback. Where the environment says it, the player does not. */
function fail(walker: Walker, { fields, category, atMs }: TimedEvent): void {
  if ((category?.severity ?? fields["player_error_severity"]) === "warning") return;
  walker.hadFatal = true;
  const toldRefusal = fields["player_error_business_exception"] === true;
  walker.failure = {
    businessException: category === undefined ? toldRefusal : category.type === "business_exception",
    beforeFrame: walker.frameMs === null,
    duringAds: isOpen(walker, "adBreaks"),
  };
  stop(walker, atMs);
}

function isOpen(walker: Walker, kind: Kind): boolean {
  return walker.open[kind] !== undefined;
}

/** Clocks may be set back: a span begins where the last one of its kind ended, if not later, and is never negative. */
function open(walker: Walker, kind: Kind, atMs: number): void {
  walker.open[kind] ??= Math.max(atMs, walker[kind].at(-1)?.toMs ?? atMs);
}

function close(walker: Walker, kind: Kind, atMs: number): void {
  const fromMs = walker.open[kind];
  if (fromMs === undefined) return;
  walker[kind].push({ fromMs, toMs: Math.max(atMs, fromMs) });
  delete walker.open[kind];
}
