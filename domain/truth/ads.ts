import type { TimedEvent } from "./settle.ts";

/** The waits for a pre-roll. */
export interface Preroll {
  /** The break began, or the first ad without one was called. */
  breakAtMs: number;
  /** The first pre-roll was tried, whether it came to be shown or another did. */
  calledAtMs: number;
  shownAtMs: number;
  requests: number;
}

/** What became of a view's ads. */
export interface Ads {
  /** Some event told of an ad; else the player's own counter is all there is. */
  told: boolean;
  /** Ads that the player tried to start. */
  attempts: number;
  /** Ads of which a frame was shown. */
  impressions: number;
  breaks: number;
  breaksWithError: number;
  errors: number;
  /** Errors of an ad that was tried and had not been shown. */
  startupErrors: number;
  /** The view was over while an ad was on its way to its first frame. */
  isUnderWay: boolean;
  /** The first ad before content that was shown; null without one. */
  preroll: Preroll | null;
}

/** Where the ad of the moment stands. */
type Stage = "none" | "called" | "shown";

/** A break that begins while no more of the content was played is a pre-roll's (data-api.md §3). */
const PREROLL_PLAYHEAD_MS = 1_000;

/** Each of them is an ad, or a place for one. */
const TELLS_ADS = new Set(["adrequest", "adbreakstart", "adplay", "adplaying", "aderror"]);

type Position = "preroll" | "midroll" | "postroll";

interface Walker extends Ads {
  stage: Stage;
  /** Of the ad of the moment, as it stood when it was tried. */
  adAt: string;
  paused: boolean;
  /** null outside of a break. */
  breakAt: Position | null;
  /** Nobody told that the break began: it is over with its ad. */
  breakImplied: boolean;
  breakHasError: boolean;
  /** Of the first break, and the first attempt, in pre-roll position. */
  prerollBreakMs: number | null;
  prerollCalledMs: number | null;
  contentShown: boolean;
  contentOver: boolean;
  /** Ad requests in pre-roll position before a pre-roll was shown. */
  requests: number;
  /** As the integration calls the position of its ads; "" while it does not. */
  type: string;
}

export function walkAds(events: readonly TimedEvent[]): Ads {
  const walker: Walker = {
    ...{ attempts: 0, impressions: 0, breaks: 0, breaksWithError: 0, errors: 0, startupErrors: 0, isUnderWay: false },
    ...{
      preroll: null,
      stage: "none",
      adAt: "",
      paused: false,
      breakAt: null,
      breakHasError: false,
      breakImplied: false,
    },
    ...{ told: false, prerollBreakMs: null, prerollCalledMs: null },
    ...{ contentShown: false, contentOver: false, requests: 0, type: "" },
  };
  for (const event of events) step(walker, event);
  walker.isUnderWay = walker.stage === "called";
  return walker;
}

function step(walker: Walker, event: TimedEvent): void {
  const { name, fields } = event;
  if (name === "playing") {
    walker.contentOver = false;
    if (walker.stage === "shown") return; // one stream carries both
    walker.contentShown = true;
    walker.stage = "none";
    walker.breakAt = null;
  }
  if (name === "ended") walker.contentOver = true;
  if (!name.startsWith("ad")) return;
  if (TELLS_ADS.has(name)) walker.told = true;
  if (fields["ad_type"] !== undefined && fields["ad_type"] !== null) walker.type = String(fields["ad_type"]);
  if (name === "adbreakstart") startBreak(walker, event, false);
  if (name === "adbreakend") {
    walker.stage = "none";
    walker.breakAt = null;
  }
  if (name === "adrequest" && walker.preroll === null && position(walker, event) === "preroll") walker.requests += 1;
  if (name === "adplay" && !(walker.paused && walker.stage !== "none")) call(walker, event);
  if (name === "adplaying") show(walker, event);
  if (name === "adpause" && walker.stage !== "none") walker.paused = true;
  if (name === "adplaying") walker.paused = false; // adplay alone does not go on yet
  if (name === "aderror") fail(walker, event);
  if (["adended", "adskipped", "aderror"].includes(name)) endAd(walker);
}

function endAd(walker: Walker): void {
  if (walker.stage !== "none" && walker.breakImplied) walker.breakAt = null;
  walker.stage = "none";
}

function startBreak(walker: Walker, event: TimedEvent, implied: boolean): void {
  walker.breaks += 1;
  walker.breakImplied = implied;
  walker.stage = "none";
  walker.breakHasError = false;
  walker.breakAt = byPlayhead(walker, event);
  if (walker.breakAt === "preroll") walker.prerollBreakMs ??= event.atMs;
}

function call(walker: Walker, event: TimedEvent): void {
  if (walker.breakAt !== null) endAd(walker);
  if (walker.breakAt === null) startBreak(walker, event, true);
  attempt(walker, event);
  walker.stage = "called";
  walker.paused = false;
}

function attempt(walker: Walker, event: TimedEvent): void {
  walker.attempts += 1;
  walker.adAt = position(walker, event);
  if (walker.adAt === "preroll") walker.prerollCalledMs ??= event.atMs;
}

function show(walker: Walker, event: TimedEvent): void {
  if (walker.stage === "shown") return;
  if (walker.stage === "none") call(walker, event); // its adplay was lost
  walker.impressions += 1;
  walker.stage = "shown";
  const { prerollCalledMs: calledAtMs, prerollBreakMs } = walker;
  if (walker.adAt !== "preroll" || calledAtMs === null) return;
  const breakAtMs = Math.min(prerollBreakMs ?? calledAtMs, calledAtMs);
  walker.preroll ??= { breakAtMs, calledAtMs, shownAtMs: event.atMs, requests: walker.requests };
}

function fail(walker: Walker, event: TimedEvent): void {
  walker.errors += 1;
  if (walker.stage === "none") attempt(walker, event); // it failed before the player could say that it tries
  if (walker.stage !== "shown") walker.startupErrors += 1;
  if (walker.breakAt !== null && !walker.breakHasError) {
    walker.breaksWithError += 1;
    walker.breakHasError = true;
  }
}

/** As the integration calls it, else where its break began. */
function position(walker: Walker, event: TimedEvent): string {
  if (["preroll", "midroll", "postroll"].includes(walker.type)) return walker.type;
  return walker.breakAt ?? byPlayhead(walker, event);
}

function byPlayhead({ contentOver, contentShown }: Walker, { fields }: TimedEvent): Position {
  if (contentOver) return "postroll";
  return !contentShown || Number(fields["player_playhead_time"] ?? 0) <= PREROLL_PLAYHEAD_MS ? "preroll" : "midroll";
}
