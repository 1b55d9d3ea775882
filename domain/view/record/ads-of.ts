import type { Ad, AdBreak } from "../ad-course.ts";
import type { Timeline } from "../timeline.ts";
import type { ViewRecord } from "../view-record.ts";
import { flagField, type ViewState } from "../view-state.ts";
import type { RecordParts } from "./record-source.ts";
import { firstText, toldAmount, toldText } from "./told.ts";
import { hostOf } from "./url-host.ts";

/** Ads, counted from their events; the client's own counters stand where it sends none. */
export function adsOf({ view, timeline }: RecordParts) {
  const { ads } = timeline;
  const hasEvents = ads.requestCount + ads.errorCount + ads.ads.length + ads.breaks.length > 0;
  return {
    hasAd: hasEvents || flagField(view, "view_has_ad") === true,
    adRequestCount: hasEvents ? ads.requestCount : (toldAmount(view, "view_ad_request_count") ?? 0),
    adAttemptCount: hasEvents ? ads.ads.length : (toldAmount(view, "view_ad_played_count") ?? 0),
    adImpressionCount: count(ads.ads, ({ shownAtMs }) => shownAtMs !== null),
    adBreakCount: ads.breaks.length,
    adBreakErrorCount: count(ads.breaks, ({ failed }: AdBreak) => failed),
    adErrorCount: ads.errorCount,
    adStartupErrorCount: count(ads.ads, ({ failed, shownAtMs }) => failed && shownAtMs === null),
    adExitBeforeStartCount: timeline.failure === null ? count(ads.ads, isLeft) : 0,
    adClickedCount: Math.max(ads.clickedCount, toldAmount(view, "view_ad_clicked_count") ?? 0),
    adSkippedCount: Math.max(ads.skippedCount, toldAmount(view, "view_ad_skipped_count") ?? 0),
    ...prerollOf(view, timeline, hasEvents),
  } satisfies Partial<ViewRecord>;
}

/** The view was over while the ad was still being loaded. */
function isLeft({ shownAtMs, failed, over }: Ad): boolean {
  return shownAtMs === null && !failed && !over;
}

function prerollOf(view: ViewState, timeline: Timeline, hasEvents: boolean) {
  const { ads } = timeline;
  const prerolls = ads.ads.filter(({ position }) => position === "preroll");
  const shown = prerolls.find(({ shownAtMs }) => shownAtMs !== null);
  const isPreroll = prerolls.length > 0 || ads.prerollRequestCount > 0;
  const requested = hasEvents ? ads.prerollRequestCount > 0 : null;
  const played = hasEvents ? shown !== undefined : null;
  const host = (url: string) => (isPreroll ? hostOf(firstText(view, url)) : "");
  return {
    ...prerollTimes(view, timeline, prerolls[0], shown),
    prerollRequested: flagField(view, "view_preroll_requested") ?? requested,
    prerollPlayed: played ?? flagField(view, "view_preroll_played"),
    prerollAdTagHostname: toldText(view, "view_preroll_ad_tag_hostname") || host("ad_tag_url"),
    prerollAdAssetHostname: toldText(view, "view_preroll_ad_asset_hostname") || host("ad_asset_url"),
  };
}

/**
 * The waits for the first pre-roll that was shown: from the beginning of its break, from the wish to play to the first
 * attempt, and from there to its first frame. The client's figures where no such event came.
 */
function prerollTimes(view: ViewState, { ads, intentAtMs }: Timeline, first: Ad | undefined, shown: Ad | undefined) {
  const shownAtMs = shown?.shownAtMs ?? null;
  if (first === undefined || shownAtMs === null) {
    return {
      prerollStartupMs: null,
      prerollRequestMs: toldAmount(view, "view_startup_preroll_request_time"),
      prerollLoadMs: toldAmount(view, "view_startup_preroll_load_time"),
      prerollRequestCount: toldAmount(view, "view_preroll_request_count"),
    };
  }
  const breakAtMs = ads.prerollBreakAtMs ?? first.attemptAtMs;
  const wait = (fromMs: number, toMs: number) => Math.max(0, Math.round(toMs - fromMs));
  return {
    prerollStartupMs: wait(Math.min(breakAtMs, first.attemptAtMs), shownAtMs),
    prerollRequestMs: intentAtMs === null ? null : wait(intentAtMs, first.attemptAtMs),
    prerollLoadMs: wait(first.attemptAtMs, shownAtMs),
    prerollRequestCount: ads.prerollRequestCount,
  };
}

function count<T>(list: readonly T[], holds: (item: T) => boolean): number {
  return list.reduce((sum, item) => sum + Number(holds(item)), 0);
}
