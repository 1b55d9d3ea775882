import { type Interruption, planInterruption, stallMs } from "./behaviour.ts";
import { RENDITIONS } from "./catalogue.ts";
import { enterPhase, jumpTo, moveTo, noticeStall } from "./course.ts";
import { pictureFields } from "./metadata.ts";
import { emitRefusal, type Onward, runOddity } from "./odd-steps.ts";
import { isOdd, planOddity } from "./oddities.ts";
import { emit, type Watcher } from "./page.ts";
import { setFields } from "./report.ts";
import { reportFailedRequest, reportSegment, SEGMENT_SECONDS } from "./requests.ts";

/** The SDK looks every 25 ms whether the playhead has stood still for a second. */
const NOTICE_AFTER_MS = 1_000;
/** The SDK ends views that stalled longer than 5 min in all; nobody here waits that long. */
const STALLS_BORNE_MS = 200_000;

/** Playback begins or goes on at `atMs`: tells so, and plans what comes next. */
export function play(watcher: Watcher, atMs: number): void {
  const { course, report } = watcher.page;
  const first = course.ranges.length === 0;
  enterPhase(course, "playing", atMs);
  if (first) {
    setFields(report, { view_time_to_first_frame: (course.firstFrameAtMs ?? atMs) - (course.intentAtMs ?? atMs) });
    setFields(report, pictureFields(course, watcher.dice.person.playerKind));
    if (isOdd(watcher.dice, 0.2)) setFields(report, aggregateStartup(watcher));
  }
  emit(watcher, "playing", atMs);
  goOn(watcher, atMs);
}

/** What the SDK adds up where a page plays by itself; only of the first view of a page. */
function aggregateStartup({ page: { report } }: Watcher) {
  const parts = ["page_load_time", "player_startup_time", "view_time_to_first_frame"].map((name) =>
    report.state.get(name),
  );
  const known = parts.filter((part) => typeof part === "number");
  return known.length < parts.length ? {} : { view_aggregate_startup_time: known.reduce((sum, part) => sum + part, 5) };
}

function goOn(watcher: Watcher, atMs: number): void {
  const { course } = watcher.page;
  moveTo(course, atMs); // how much is left to play depends on it
  const { what, afterMs } = planInterruption(watcher.dice, course, atMs);
  const oddity = planOddity(watcher.dice, afterMs);
  if (oddity === null) watcher.agenda.set("playback", atMs + afterMs, (dueMs) => interrupt(watcher, what, dueMs));
  else watcher.agenda.set("playback", atMs + oddity.afterMs, (dueMs) => runOddity(oddity.what, watcher, dueMs, ONWARD));
  if (!watcher.agenda.has("segment")) planSegment(watcher, atMs);
}

/** While playing, a segment arrives as often as one is played. */
function planSegment(watcher: Watcher, atMs: number): void {
  if (watcher.dice.person.playerKind === "native") return;
  watcher.agenda.set("segment", atMs + SEGMENT_SECONDS * 1_000, (dueMs) => {
    reportSegment(watcher, dueMs);
    planSegment(watcher, dueMs);
  });
}

const ONWARD: Onward = { goOn, play, stepRendition, leaveAfterFailure };

const INTERRUPTIONS: Readonly<Record<Interruption, (watcher: Watcher, atMs: number) => void>> = {
  stall,
  pause,
  seek,
  rendition: changeRendition,
  abandon: (watcher, atMs) => watcher.finish(watcher.dice.random.chance(0.5) ? "next" : "leave", atMs),
  failure: (watcher, atMs) => fail(watcher, atMs),
  end,
  reconsider: goOn,
};

function interrupt(watcher: Watcher, what: Interruption, atMs: number): void {
  INTERRUPTIONS[what](watcher, atMs);
}

function stall(watcher: Watcher, frozenAtMs: number): void {
  const { course } = watcher.page;
  const lengthMs = stallMs(watcher.dice, course, frozenAtMs);
  const noticedAtMs = frozenAtMs + NOTICE_AFTER_MS + watcher.dice.random.integer(0, 26);
  watcher.agenda.clear("segment");
  enterPhase(course, "stalled", frozenAtMs);
  emit(watcher, "waiting", frozenAtMs);
  watcher.agenda.set("playback", noticedAtMs, () => {
    noticeStall(course, frozenAtMs, noticedAtMs);
    emit(watcher, "rebufferstart", noticedAtMs, frozenAtMs);
    watcher.agenda.set("playback", frozenAtMs + lengthMs, (dueMs) => recover(watcher, dueMs, lengthMs));
  });
}

function recover(watcher: Watcher, atMs: number, lengthMs: number): void {
  const { course } = watcher.page;
  if (watcher.dice.person.playerKind !== "native") reportSegment(watcher, atMs, lengthMs);
  enterPhase(course, "playing", atMs);
  emit(watcher, "playing", atMs);
  emit(watcher, "rebufferend", atMs);
  const borneMs = course.rebuffering.reduce((sum, { startMs, endMs }) => sum + (endMs ?? atMs) - startMs, 0);
  if (borneMs > STALLS_BORNE_MS) {
    watcher.finish("leave", atMs);
    return;
  }
  if (watcher.dice.random.chance(0.5)) stepRendition(watcher, atMs, -1);
  goOn(watcher, atMs);
}

function pause(watcher: Watcher, atMs: number): void {
  const { course } = watcher.page;
  watcher.agenda.clear("segment");
  enterPhase(course, "paused", atMs);
  emit(watcher, "pause", atMs);
  const pausedMs = Math.round(watcher.dice.random.logNormal(7_000, 0.8));
  watcher.agenda.set("playback", atMs + pausedMs, (resumedAtMs) => {
    enterPhase(course, "playing", resumedAtMs);
    emit(watcher, "play", resumedAtMs);
    play(watcher, resumedAtMs);
  });
}

function seek(watcher: Watcher, atMs: number): void {
  const { dice, page, agenda } = watcher;
  const { course } = page;
  const durationMs = course.title.durationMs ?? 0;
  const targetMs = Math.round(dice.random.between(0, Math.max(0, durationMs - 5_000)));
  agenda.clear("segment");
  enterPhase(course, "seeking", atMs);
  emit(watcher, "seeking", atMs);
  const tookMs = Math.round(dice.random.logNormal(180, 0.7)) + 5;
  agenda.set("playback", atMs + 3, (waitingAtMs) => {
    jumpTo(course, targetMs);
    emit(watcher, "waiting", waitingAtMs);
    agenda.set("playback", atMs + tookMs, (seekedAtMs) => {
      enterPhase(course, "playing", seekedAtMs);
      emit(watcher, "seeked", seekedAtMs);
      play(watcher, seekedAtMs);
    });
  });
}

function changeRendition(watcher: Watcher, atMs: number): void {
  stepRendition(watcher, atMs, watcher.dice.random.chance(0.6) ? 1 : -1);
  goOn(watcher, atMs);
}

/** One step up or down the ladder, if there is one. Switching takes no time. */
function stepRendition(watcher: Watcher, atMs: number, step: 1 | -1): void {
  const { course, report } = watcher.page;
  const rendition = RENDITIONS[RENDITIONS.indexOf(course.rendition) + step];
  if (rendition === undefined) return;
  course.rendition = rendition;
  setFields(report, pictureFields(course, watcher.dice.person.playerKind));
  emit(watcher, "renditionchange", atMs);
}

/** A fatal error; at start-up and later alike. The viewer looks at it for a while and leaves. */
export function fail(watcher: Watcher, atMs: number): void {
  const { dice, page, agenda } = watcher;
  const { course, report } = page;
  agenda.clear("segment");
  if (isOdd(dice, 0.25)) {
    emitRefusal(watcher, atMs);
    leaveAfterFailure(watcher, atMs);
    return;
  }
  const native = dice.person.playerKind === "native";
  if (!native) reportFailedRequest(watcher, atMs, "fragLoadError", 503);
  const code = native ? 2 : "networkError";
  const message = native ? "MEDIA_ERR_NETWORK" : "fragLoadError";
  enterPhase(course, "failed", atMs);
  course.failure = { atMs, code, message };
  setFields(report, {
    player_error_code: code,
    player_error_message: message,
    ...(native ? {} : { player_error_context: "response: 503 Service Unavailable" }),
  });
  emit(watcher, "error", atMs);
  if (isOdd(dice, 0.3)) {
    agenda.set("playback", atMs + dice.odd.integer(800, 3_000), (dueMs) => tryAgain(watcher, dueMs));
    return;
  }
  leaveAfterFailure(watcher, atMs);
}

/** Stubborn: presses play once more, and it works. */
function tryAgain(watcher: Watcher, atMs: number): void {
  emit(watcher, "play", atMs);
  watcher.agenda.set("playback", atMs + 40, (dueMs) => play(watcher, dueMs));
}

function leaveAfterFailure({ dice, agenda, finish }: Watcher, atMs: number): void {
  agenda.set("playback", atMs + dice.random.integer(2_000, 7_000), (dueMs) => finish("leave", dueMs));
}

/** The last frame was shown: `pause`, then `ended`, and after a look at the suggestions the next video. */
function end(watcher: Watcher, atMs: number): void {
  const { dice, page, agenda } = watcher;
  agenda.clear("segment");
  enterPhase(page.course, "ended", atMs);
  emit(watcher, "pause", atMs);
  emit(watcher, "ended", atMs);
  const how = dice.random.chance(0.75) ? "next" : "leave";
  agenda.set("playback", atMs + dice.random.integer(400, 3_000), (dueMs) => watcher.finish(how, dueMs));
}
