import type { TimedEvent } from "./settle.ts";

/** What became of a view's ads. */
export interface Ads {
  /** Ads that the player tried to start. */
  attempts: number;
  /** Ads of which a frame was shown. */
  impressions: number;
  breaks: number;
  breaksWithError: number;
  errors: number;
  /** Errors of an ad that was tried and had not been shown. */
  startupErrors: number;
  /** The viewer left while an ad was on its way to its first frame. */
  leftBeforeStart: number;
  /** Of the first ad before content; null without one that was shown. */
  preroll: { calledAtMs: number; shownAtMs: number; requests: number } | null;
}

/** Where the ad of the moment stands. */
type Stage = "none" | "called" | "shown";

/** Content that was played before the first ad is called makes it a mid-roll (data-wire.md §6). */
const PREROLL_CONTENT_MS = 1_000;

/** Walks the ad events; `contentPlayedMs` tells how much content had been played at a time. */
export function walkAds(events: readonly TimedEvent[], contentPlayedMs: (atMs: number) => number): Ads {
  const ads: Ads = {
    ...{ attempts: 0, impressions: 0, breaks: 0, breaksWithError: 0, errors: 0, startupErrors: 0, leftBeforeStart: 0 },
    preroll: null,
  };
  let stage: Stage = "none";
  let requests = 0;
  let calledAtMs = 0;
  let breakHasError = false;
  for (const { name, atMs, fields } of events) {
    if (name === "adrequest") requests += 1;
    if (name === "adbreakstart") {
      ads.breaks += 1;
      breakHasError = false;
      stage = "none";
    }
    if (name === "adplay" && stage === "none") {
      ads.attempts += 1;
      stage = "called";
      calledAtMs = atMs;
    }
    if (name === "adplaying" && stage !== "shown") {
      if (stage === "none") ads.attempts += 1; // its adplay was lost
      ads.impressions += 1;
      if (stage === "called" && contentPlayedMs(calledAtMs) < PREROLL_CONTENT_MS) {
        ads.preroll ??= { calledAtMs, shownAtMs: atMs, requests };
      }
      stage = "shown";
    }
    if (name === "aderror") {
      ads.errors += 1;
      if (stage === "called") ads.startupErrors += 1;
      if (!breakHasError && ads.breaks > 0) ads.breaksWithError += 1;
      breakHasError = true;
      stage = "none";
    }
    if (name === "adended" || name === "adskipped" || name === "adbreakend") stage = "none";
    if (name === "error" && fields["player_error_severity"] !== "warning") stage = "none"; // not the viewer's doing
  }
  ads.leftBeforeStart = stage === "called" ? 1 : 0;
  return ads;
}
