import type { FieldValue } from "../wire/decode-events.ts";
import { type Ads, walkAds } from "./ads.ts";
import { cdnsOf } from "./cdn.ts";
import { completionOf } from "./completion.ts";
import type { RawView } from "./raw-view.ts";
import { walkRenditions } from "./renditions.ts";
import { requestsOf } from "./requests.ts";
import { scoresOf } from "./scores.ts";
import { patienceMs, type SettledView, settle, type TimedEvent } from "./settle.ts";
import { both, lengthMs, type Span, union, without } from "./spans.ts";
import { LARGEST_DOWNSCALE, LARGEST_UPSCALE, scaling, told } from "./told.ts";
import { type Walk, walk } from "./walk.ts";

/** A view as its events alone make it. */
export interface TrueView {
  viewId: string;
  /** Play was wanted or a fatal error came. */
  counted: boolean;
  bot: boolean;
  /** Whom it counts for; null where nobody can tell. */
  viewer: string | null;
  sampleRate: number;
  /** Server clock. */
  viewStartMs: number;
  viewEndMs: number;
  firstSeenMs: number;
  /** "" where nobody tells. */
  cdn: string;
  cdnTrace: readonly string[];
  /** By the Data API's id; null where the view holds none. */
  values: Readonly<Record<string, number | null>>;
  /** Newest value of every field, but those of requests and errors. */
  fields: ReadonlyMap<string, FieldValue>;
}

const LIVE_LIMIT_MS = 5 * 60_000;

/** @param nowMs log time of asking: a view is dropped once it has been silent for too long */
export function trueView(raw: RawView, nowMs: number): TrueView {
  const settled = settle(raw);
  const { events, offsetMs } = settled;
  const fields = newestFields(events);
  const facts = factsOf(settled);
  const newestMs = Math.max(...events.map(({ atMs }) => atMs));
  const dropped = !settled.ended && nowMs - settled.lastSeenMs >= patienceMs(false);
  const { intentMs } = facts.walk;
  const { cdn, trace } = cdnsOf(events, fields);
  const viewStartMs = intentMs === null ? settled.firstSeenMs : intentMs + offsetMs;
  const text = (name: string) => String(fields.get(name) ?? "");
  const viewer = text("viewer_user_id") || text("mux_viewer_id") || null;
  return {
    viewId: raw.viewId,
    counted: intentMs !== null || facts.walk.hadFatal,
    bot: raw.bot,
    viewer,
    sampleRate: sampleRate(fields.get("mux_sample_rate")),
    viewStartMs,
    viewEndMs: Math.max(newestMs + offsetMs, viewStartMs),
    firstSeenMs: settled.firstSeenMs,
    cdn,
    cdnTrace: trace,
    values: {
      ...wholeMs(timesOf(facts, fields)),
      ...pictureOf(facts, fields),
      ...adsOf(facts, fields),
      ...successOf(facts, dropped, viewer),
      completion_percentage: completionOf(fields, Math.round(lengthMs(facts.content))),
    },
    fields,
  };
}

/** All that the metrics are made of. */
interface Facts {
  settled: SettledView;
  walk: Walk;
  ads: Ads;
  watchMs: number;
  startupMs: number | null;
  /** Frames of content move. */
  content: readonly Span[];
  /** Frames move, of content or of an ad: waiting for an ad is not playing. */
  playing: readonly Span[];
}

function factsOf(settled: SettledView): Facts {
  const walked = walk(settled);
  const moving = without(walked.watching, [...walked.stalls, ...walked.seeks]);
  const content = without(moving, [{ fromMs: 0, toMs: walked.contentFrameMs ?? Infinity }, ...walked.adBreaks]);
  return {
    settled,
    walk: walked,
    ads: walkAds(settled.events),
    watchMs: lengthMs(walked.watching),
    startupMs: startupMs(walked),
    content,
    playing: union(content, both(moving, walked.adsShown)),
  };
}

/** Watched until the first frame. */
function startupMs({ intentMs, frameMs, startUnknown, programChanged, watching }: Walk): number | null {
  if (intentMs === null || frameMs === null || startUnknown || programChanged) return null;
  return lengthMs(both(watching, [{ fromMs: intentMs, toMs: frameMs }]));
}

function timesOf(facts: Facts, fields: ReadonlyMap<string, FieldValue>) {
  const { walk: walked, watchMs, playing, ads } = facts;
  const stallMs = lengthMs(walked.stalls);
  const seekMs = lengthMs(walked.seeks);
  const pageLoadMs = toldIn(fields, "page_load_time");
  const playerMs = toldIn(fields, "player_startup_time");
  const parts = [pageLoadMs, playerMs, facts.startupMs];
  const sumOfParts = parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0);
  return {
    watch_time: watchMs,
    playing_time: lengthMs(playing),
    video_startup_time: facts.startupMs,
    view_content_startup_time: contentStartupMs(facts),
    ...prerollTimes(ads.preroll, walked, fields),
    player_startup_time: playerMs,
    page_load_time: pageLoadMs,
    aggregate_startup_time: toldIn(fields, "view_aggregate_startup_time") ?? sumOfParts,
    seek_latency: quotient(seekMs, walked.seekCount),
    rebuffer_count: walked.stallCount,
    rebuffer_duration: stallMs,
    rebuffer_percentage: quotient(stallMs, watchMs),
    rebuffer_frequency: quotient(walked.stallCount * 60_000, watchMs),
    // Parts of quotients; no metrics themselves.
    seek_count: walked.seekCount,
    seek_duration: seekMs,
  };
}

/** As the client tells them where no pre-roll's events came. */
function prerollTimes(preroll: Ads["preroll"], { intentMs }: Walk, fields: ReadonlyMap<string, FieldValue>) {
  if (preroll === null) {
    return {
      ad_preroll_startup_time: null,
      video_startup_preroll_request_time: toldIn(fields, "view_startup_preroll_request_time"),
      video_startup_preroll_load_time: toldIn(fields, "view_startup_preroll_load_time"),
      requests_for_first_preroll: toldIn(fields, "view_preroll_request_count"),
    };
  }
  const { breakAtMs, calledAtMs, shownAtMs, requests } = preroll;
  return {
    ad_preroll_startup_time: Math.max(0, shownAtMs - breakAtMs),
    video_startup_preroll_request_time: intentMs === null ? null : Math.max(0, calledAtMs - intentMs),
    video_startup_preroll_load_time: Math.max(0, shownAtMs - calledAtMs),
    requests_for_first_preroll: requests,
  };
}

/** Wait for content alone: without the time in breaks before it. */
function contentStartupMs({ walk: walked, startupMs }: Facts): number | null {
  const { intentMs, contentFrameMs, watching, adBreaks } = walked;
  if (startupMs === null || intentMs === null || contentFrameMs === null) return null;
  return lengthMs(without(both(watching, [{ fromMs: intentMs, toMs: contentFrameMs }]), adBreaks));
}

function pictureOf(facts: Facts, fields: ReadonlyMap<string, FieldValue>) {
  const { settled, walk: walked, content } = facts;
  const renditions = walkRenditions(settled.events, walked, content);
  const contentMs = toldIn(fields, "view_total_content_playback_time") ?? 0;
  const up = scaling(toldIn(fields, "view_total_upscaling") ?? 0, contentMs, LARGEST_UPSCALE);
  const down = scaling(toldIn(fields, "view_total_downscaling") ?? 0, contentMs, LARGEST_DOWNSCALE);
  const maxUpscale = toldIn(fields, "view_max_upscale_percentage");
  const scores = scoresOf({
    playbackFailure: walked.failure?.businessException === false,
    exitBeforeStart: isExit(walked),
    hasFrame: walked.frameMs !== null,
    hasPicture: renditions.hasPicture || (maxUpscale ?? 0) > 0,
    watchMs: facts.watchMs,
    startupMs: facts.startupMs,
    stallCount: walked.stallCount,
    stallMs: lengthMs(walked.stalls),
    upscale: up.mean,
    maxUpscale,
  });
  const requests = requestsOf(settled.events, fields);
  return {
    rendition_change_count: renditions.upshifts + renditions.downshifts,
    rendition_upshift_count: renditions.upshifts,
    rendition_downshift_count: renditions.downshifts,
    weighted_average_bitrate: renditions.averageBitrate,
    upscale_percentage: up.mean,
    downscale_percentage: down.mean,
    max_upscale_percentage: maxUpscale,
    max_downscale_percentage: toldIn(fields, "view_max_downscale_percentage"),
    live_stream_latency: rounded(liveLatencyMs(settled)),
    request_latency: requests.latencyMs,
    max_request_latency: rounded(requests.maxLatencyMs),
    request_throughput: requests.throughput,
    playback_success_score: scores.success,
    startup_time_score: scores.startup,
    rebuffer_score: scores.smoothness,
    video_quality_score: scores.quality,
    viewer_experience_score: scores.experience,
    // Parts of quotients; no metrics themselves.
    content_playback_time: contentMs,
    total_upscaling: up.total,
    total_downscaling: down.total,
  };
}

function successOf({ walk: walked }: Facts, dropped: boolean, viewer: string | null) {
  const { failure } = walked;
  const flag = (is: boolean) => (is ? 1 : 0);
  const technical = failure?.businessException === false ? failure : null;
  const refusal = failure?.businessException === true ? failure : null;
  return {
    views: 1,
    ended_views: 1,
    unique_viewers: viewer === null ? null : 1,
    playback_failure_percentage: flag(technical !== null),
    video_startup_failure_percentage: flag(technical?.beforeFrame === true),
    content_playback_failure_percentage: flag(technical?.duringAds === false),
    ad_playback_failure_percentage: flag(technical?.duringAds === true),
    playback_business_exception_percentage: flag(refusal !== null),
    video_startup_business_exception_percentage: flag(refusal?.beforeFrame === true),
    exits_before_video_start: flag(isExit(walked)),
    view_dropped_percentage: flag(dropped),
  };
}

function adsOf({ ads, walk: walked }: Facts, fields: ReadonlyMap<string, FieldValue>) {
  const attempts = ads.told ? ads.attempts : (toldIn(fields, "view_ad_played_count") ?? 0);
  const left = ads.isUnderWay && walked.failure === null ? 1 : 0; // an error that ended it is not the viewer's doing
  return {
    ad_attempt_count: attempts,
    ad_impression_count: ads.impressions,
    ad_break_count: ads.breaks,
    ad_error_count: ads.errors,
    ad_error_percentage: quotient(ads.errors, attempts),
    ad_break_error_count: ads.breaksWithError,
    ad_break_error_percentage: quotient(ads.breaksWithError, ads.breaks),
    ad_startup_error_count: ads.startupErrors,
    ad_startup_error_percentage: quotient(ads.startupErrors, attempts),
    ad_exit_before_start_count: left,
    ad_exit_before_start_percentage: quotient(left, attempts),
  };
}

/** Wanted, and neither a frame nor a fatal error of any kind, however long the wait. */
function isExit({ intentMs, frameMs, hadFatal }: Walk): boolean {
  return intentMs !== null && frameMs === null && !hadFatal;
}

/** How far what is shown lies behind its making; only events that tell a new program time are samples. */
function liveLatencyMs({ events, offsetMs }: SettledView): number | null {
  const samples = events.flatMap(({ name, fields, claimedMs: atMs }) => {
    if (name === "rebufferstart") return []; // dated back, its fields are not
    const [program, toldMs] = [fields["player_program_time"], fields["viewer_time"]];
    const isSample = typeof program === "number" && toldMs === atMs;
    const behindMs = isSample ? Math.round(atMs - program) + offsetMs : -1;
    return behindMs >= 0 && behindMs <= LIVE_LIMIT_MS ? [behindMs] : [];
  });
  return samples.length === 0 ? null : samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/** Snapshots repeat what the last request and error said; those belong to their own events. */
function newestFields(events: readonly TimedEvent[]): Map<string, FieldValue> {
  const newest = new Map<string, FieldValue>();
  for (const { fields } of events) {
    for (const [name, value] of Object.entries(fields)) {
      if (!name.startsWith("request_") && !name.startsWith("player_error_")) newest.set(name, value);
    }
  }
  return newest;
}

const NO_TIMES = new Set(["rebuffer_percentage", "rebuffer_frequency", "seek_latency"]);

/** Times are kept in whole milliseconds. */
function wholeMs(times: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(times).map(([id, value]) => [id, value === null || NO_TIMES.has(id) ? value : Math.round(value)]),
  );
}

function toldIn(fields: ReadonlyMap<string, FieldValue>, name: string): number | null {
  return told(name, fields.get(name));
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

function sampleRate(value: FieldValue | undefined): number {
  return typeof value === "number" && value >= 0.000001 && value <= 1 ? value : 1;
}

function quotient(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
