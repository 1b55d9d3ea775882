import { showAds } from "./ad-steps.ts";
import { planStart } from "./behaviour.ts";
import { enterPhase } from "./course.ts";
import { pictureFields } from "./metadata.ts";
import { isOdd } from "./oddities.ts";
import { clientTime, emit, type Watcher } from "./page.ts";
import { fail, play } from "./play-steps.ts";
import { setFields } from "./report.ts";
import { reportFailedRequest, reportPlaylist, reportSegment } from "./requests.ts";

type Step = readonly [afterMs: number, run: (atMs: number) => void];

/** Keeps the steps one after the other, each so long after `atMs`. */
function follow(watcher: Watcher, atMs: number, steps: readonly Step[]): void {
  const [first, ...rest] = steps;
  if (first === undefined) return;
  const [afterMs, run] = first;
  watcher.agenda.set("playback", atMs + afterMs, (dueMs) => {
    run(dueMs);
    if (rest.length > 0) follow(watcher, atMs, rest);
  });
}

/** The page shows its player and loads the video; the viewer presses play a little later (data-wire.md §5, order). */
export function loadPage(watcher: Watcher, atMs: number): void {
  const { dice } = watcher;
  emit(watcher, "networkchange", atMs);
  const pressedAfterMs = dice.random.integer(620, 1_800);
  const native = dice.person.playerKind === "native";
  const steps = native ? nativeLoading(watcher) : scriptedLoading(watcher);
  follow(watcher, atMs, [...steps, [pressedAfterMs, (dueMs) => want(watcher, dueMs, false)]]);
}

function nativeLoading(watcher: Watcher): Step[] {
  return [
    [12, (atMs) => emitReady(watcher, atMs)],
    [37, (atMs) => emit(watcher, "loadstart", atMs)],
    [210, (atMs) => emitTracks(watcher, atMs)],
  ];
}

function scriptedLoading(watcher: Watcher): Step[] {
  return [
    [12, (atMs) => emitReady(watcher, atMs)],
    [70, (atMs) => reportPlaylist(watcher, atMs)],
    [98, (atMs) => emit(watcher, "loadstart", atMs)],
    [150, (atMs) => reportPlaylist(watcher, atMs)],
    [300, (atMs) => reportSegment(watcher, atMs)],
    [480, (atMs) => emitTracks(watcher, atMs)],
    [555, (atMs) => emit(watcher, "renditionchange", atMs)],
  ];
}

/** The source cannot be loaded, and nobody comes to press play: no `viewstart`, no `viewend`. */
export function failToLoad(watcher: Watcher, atMs: number): void {
  const { dice, page, agenda } = watcher;
  emit(watcher, "networkchange", atMs);
  const native = dice.person.playerKind === "native";
  const code = native ? 4 : "networkError";
  const message = native ? "MEDIA_ERR_SRC_NOT_SUPPORTED" : "manifestLoadError";
  follow(watcher, atMs, [
    [12, (dueMs) => emitReady(watcher, dueMs)],
    [40, (dueMs) => emit(watcher, "loadstart", dueMs)],
    [
      160,
      (dueMs) => {
        if (!native) reportFailedRequest(watcher, dueMs, message, 404);
        enterPhase(page.course, "failed", dueMs);
        page.course.failure = { atMs: dueMs, code, message };
        setFields(page.report, { player_error_code: code, player_error_message: message });
        emit(watcher, "error", dueMs);
        const leaveAtMs = dueMs + dice.random.integer(2_000, 6_000);
        agenda.set("playback", leaveAtMs, (leftMs) => watcher.finish("leave", leftMs));
      },
    ],
  ]);
}

/** The next video in the same player: it plays by itself, and what it needs comes while it starts. */
export function loadNext(watcher: Watcher, atMs: number): void {
  want(watcher, atMs, true);
}

/** The wish to play: from here the start-up time runs. */
function want(watcher: Watcher, atMs: number, unloaded: boolean): void {
  const { dice, page, agenda } = watcher;
  const { course, report } = page;
  page.viewCount += 1;
  page.scaledContentMs = 0;
  enterPhase(course, "starting", atMs);
  setFields(report, {
    view_start: clientTime(watcher, atMs),
    player_view_count: page.viewCount,
    player_playback_mode: "standard",
    player_playback_mode_data: "{}",
  });
  emit(watcher, "playbackmodechange", atMs);
  if (unloaded) emit(watcher, "texttrackchange", atMs);
  emit(watcher, "viewstart", atMs);

  const plan = planStart(dice, course, atMs);
  const start = isOdd(dice, 0.25) ? playAfterAds : isOdd(dice, 0.1) ? playAfterPause : play;
  const outcome = { frame: start, failure: fail, exit: leave }[plan.outcome];
  const preparation = unloaded ? loadingWhileStarting(watcher) : waitingForData(watcher, plan.afterMs);
  const endAfterMs = Math.max(plan.afterMs, 12);
  const inTime = preparation.map(([afterMs, run]): Step => [Math.min(afterMs, endAfterMs - 1), run]);
  agenda.clear("segment");
  follow(watcher, atMs, [
    [10, (dueMs) => emitPlay(watcher, dueMs)],
    ...inTime,
    [endAfterMs, (dueMs) => outcome(watcher, dueMs)],
  ]);
}

/** A pre-roll comes first. */
function playAfterAds(watcher: Watcher, atMs: number): void {
  showAds(watcher, atMs, (overAtMs) => {
    watcher.agenda.set("playback", overAtMs + 20, (dueMs) => play(watcher, dueMs));
  });
}

/** Somebody is called away while it loads: that time is not waited for. */
function playAfterPause(watcher: Watcher, atMs: number): void {
  const { page, dice, agenda } = watcher;
  enterPhase(page.course, "paused", atMs);
  emit(watcher, "pause", atMs);
  agenda.set("playback", atMs + dice.odd.integer(1_500, 6_000), (dueMs) => {
    enterPhase(page.course, "starting", dueMs);
    emit(watcher, "play", dueMs);
    agenda.set("playback", dueMs + dice.odd.integer(20, 900), (shownAtMs) => play(watcher, shownAtMs));
  });
}

function leave(watcher: Watcher, atMs: number): void {
  watcher.finish("leave", atMs);
}

function emitPlay(watcher: Watcher, atMs: number): void {
  emit(watcher, "renditionchange", atMs);
  emit(watcher, "play", atMs);
}

function waitingForData(watcher: Watcher, startupMs: number): Step[] {
  return startupMs > 200 ? [[60, (atMs) => emit(watcher, "waiting", atMs)]] : [];
}

function loadingWhileStarting(watcher: Watcher): Step[] {
  const common: Step[] = [
    [64, (atMs) => emit(watcher, "waiting", atMs)],
    [70, (atMs) => emit(watcher, "loadstart", atMs)],
  ];
  if (watcher.dice.person.playerKind === "native") return common;
  return [...common, [120, (atMs) => reportPlaylist(watcher, atMs)], [190, (atMs) => reportSegment(watcher, atMs)]];
}

function emitReady(watcher: Watcher, atMs: number): void {
  const { random } = watcher.dice;
  setFields(watcher.page.report, {
    player_startup_time: random.integer(45, 200),
    page_load_time: random.integer(150, 1_500),
  });
  emit(watcher, "playerready", atMs);
}

/** The element knows its picture. */
function emitTracks(watcher: Watcher, atMs: number): void {
  setFields(watcher.page.report, {
    ...pictureFields(watcher.page.course, watcher.dice.person.playerKind),
    player_text_track_enabled: false,
  });
  emit(watcher, "texttrackchange", atMs);
}
