import { showAds } from "./ad-steps.ts";
import { enterPhase, jumpTo, noticeStall } from "./course.ts";
import type { Oddity } from "./oddities.ts";
import { emit, type Watcher } from "./page.ts";
import { setFields } from "./report.ts";

/** How someone goes on after an oddity: as if nothing had been told, or with the events of a resumed player. */
export interface Onward {
  /** Plans the next interruption; the player goes on. */
  goOn(watcher: Watcher, atMs: number): void;
  /** Playback begins again. */
  play(watcher: Watcher, atMs: number): void;
  /** One step up or down the ladder. */
  stepRendition(watcher: Watcher, atMs: number, step: 1 | -1): void;
  leaveAfterFailure(watcher: Watcher, atMs: number): void;
}

type Step = (watcher: Watcher, atMs: number, onward: Onward) => void;

const STEPS: Readonly<Record<Oddity, Step>> = {
  warning,
  ads: breakForAds,
  mode: changeMode,
  sleep,
  seek_in_pause: seekInPause,
  stall_in_seek: stallInSeek,
  seek_in_stall: seekInStall,
  refusal: refuse,
  rendition_in_pause: changeRenditionInPause,
};

export function runOddity(what: Oddity, watcher: Watcher, atMs: number, onward: Onward): void {
  STEPS[what](watcher, atMs, onward);
}

/** Lets `run` come `afterMs` later, as the next thing that happens. */
function later(watcher: Watcher, atMs: number, afterMs: number, run: (atMs: number) => void): void {
  watcher.agenda.set("playback", atMs + afterMs, run);
}

function warning(watcher: Watcher, atMs: number, onward: Onward): void {
  setFields(watcher.page.report, {
    player_error_code: "bufferAppendError",
    player_error_message: "recovered",
    player_error_severity: "warning",
  });
  emit(watcher, "error", atMs);
  onward.goOn(watcher, atMs);
}

function breakForAds(watcher: Watcher, atMs: number, onward: Onward): void {
  watcher.agenda.clear("segment");
  enterPhase(watcher.page.course, "ads", atMs);
  emit(watcher, "pause", atMs);
  showAds(watcher, atMs, (overAtMs) => {
    emit(watcher, "play", overAtMs);
    later(watcher, overAtMs, 15, (dueMs) => onward.play(watcher, dueMs));
  });
}

function changeMode(watcher: Watcher, atMs: number, onward: Onward): void {
  const { report } = watcher.page;
  const full = report.state.get("player_playback_mode") !== "fullscreen";
  setFields(report, { player_playback_mode: full ? "fullscreen" : "standard", player_is_fullscreen: full });
  emit(watcher, "playbackmodechange", atMs);
  onward.goOn(watcher, atMs);
}

/** The lid is closed; the SDK finds out when it is opened again, and dates it back. */
function sleep(watcher: Watcher, atMs: number, onward: Onward): void {
  watcher.agenda.clear("segment");
  watcher.agenda.clear("heartbeat");
  enterPhase(watcher.page.course, "paused", atMs);
  later(watcher, atMs, watcher.dice.odd.integer(31_000, 45_000), (wakeMs) => {
    emit(watcher, "devicesleep", wakeMs, atMs);
    enterPhase(watcher.page.course, "playing", wakeMs);
    emit(watcher, "devicewake", wakeMs);
    onward.goOn(watcher, wakeMs);
  });
}

function seekTo(watcher: Watcher): void {
  const { course } = watcher.page;
  if (course.title.durationMs === null) return;
  jumpTo(course, Math.round(watcher.dice.odd.between(0, Math.max(0, course.title.durationMs - 5_000))));
}

/** Scrubs while nothing moves: waiting counts, the pause around it does not. */
function seekInPause(watcher: Watcher, atMs: number, onward: Onward): void {
  const { odd } = watcher.dice;
  const { course } = watcher.page;
  watcher.agenda.clear("segment");
  enterPhase(course, "paused", atMs);
  emit(watcher, "pause", atMs);
  later(watcher, atMs, odd.integer(300, 4_000), (seekingMs) => {
    enterPhase(course, "seeking", seekingMs);
    emit(watcher, "seeking", seekingMs);
    later(watcher, seekingMs, odd.integer(8, 2_500), (seekedMs) => {
      seekTo(watcher);
      enterPhase(course, "paused", seekedMs);
      emit(watcher, "seeked", seekedMs);
      later(watcher, seekedMs, odd.integer(200, 5_000), (resumedMs) => {
        emit(watcher, "play", resumedMs);
        later(watcher, resumedMs, 4, (dueMs) => onward.play(watcher, dueMs));
      });
    });
  });
}

/** An integration that takes the wait of a seek for a stall as well. */
function stallInSeek(watcher: Watcher, atMs: number, onward: Onward): void {
  const { odd } = watcher.dice;
  const { course } = watcher.page;
  watcher.agenda.clear("segment");
  enterPhase(course, "seeking", atMs);
  emit(watcher, "seeking", atMs);
  const waitedMs = odd.integer(1_200, 4_000);
  later(watcher, atMs, 20, (stalledMs) => {
    seekTo(watcher);
    emit(watcher, "rebufferstart", stalledMs);
    later(watcher, stalledMs, waitedMs, (seekedMs) => {
      emit(watcher, "rebufferend", seekedMs);
      emit(watcher, "seeked", seekedMs);
      onward.play(watcher, seekedMs);
    });
  });
}

/** Impatient: seeks while it stalls, which ends the stall. */
function seekInStall(watcher: Watcher, frozenMs: number, onward: Onward): void {
  const { odd } = watcher.dice;
  const { course } = watcher.page;
  watcher.agenda.clear("segment");
  enterPhase(course, "stalled", frozenMs);
  emit(watcher, "waiting", frozenMs);
  later(watcher, frozenMs, 1_010, (noticedMs) => {
    noticeStall(course, frozenMs, noticedMs);
    emit(watcher, "rebufferstart", noticedMs, frozenMs);
    later(watcher, noticedMs, odd.integer(200, 3_000), (seekingMs) => {
      enterPhase(course, "seeking", seekingMs);
      emit(watcher, "rebufferend", seekingMs);
      emit(watcher, "seeking", seekingMs);
      later(watcher, seekingMs, odd.integer(30, 1_500), (seekedMs) => {
        seekTo(watcher);
        emit(watcher, "seeked", seekedMs);
        later(watcher, seekedMs, 3, (dueMs) => onward.play(watcher, dueMs));
      });
    });
  });
}

/** The right to watch ends, on purpose. */
function refuse(watcher: Watcher, atMs: number, onward: Onward): void {
  watcher.agenda.clear("segment");
  emitRefusal(watcher, atMs);
  onward.leaveAfterFailure(watcher, atMs);
}

/** A fatal error that is nobody's fault. */
export function emitRefusal(watcher: Watcher, atMs: number): void {
  const { course, report } = watcher.page;
  enterPhase(course, "failed", atMs);
  course.failure = { atMs, code: "geo_blocked", message: "Not available in your country" };
  setFields(report, {
    player_error_code: "geo_blocked",
    player_error_message: "Not available in your country",
    player_error_severity: "fatal",
    player_error_business_exception: true,
  });
  emit(watcher, "error", atMs);
}

/** The ladder is climbed while nobody watches: no switch that anyone sees. */
function changeRenditionInPause(watcher: Watcher, atMs: number, onward: Onward): void {
  const { odd } = watcher.dice;
  watcher.agenda.clear("segment");
  enterPhase(watcher.page.course, "paused", atMs);
  emit(watcher, "pause", atMs);
  later(watcher, atMs, odd.integer(300, 3_000), (changedMs) => {
    onward.stepRendition(watcher, changedMs, odd.chance(0.5) ? 1 : -1);
    later(watcher, changedMs, odd.integer(300, 3_000), (resumedMs) => {
      emit(watcher, "play", resumedMs);
      later(watcher, resumedMs, 4, (dueMs) => onward.play(watcher, dueMs));
    });
  });
}
