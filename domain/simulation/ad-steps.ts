import { enterPhase } from "./course.ts";
import { emit, type Watcher } from "./page.ts";
import { setFields } from "./report.ts";

/** How one ad goes. */
type Fate = "shown" | "paused" | "skipped" | "fails_at_start" | "fails_later" | "left_at_start" | "kills_the_view";

const FATES: readonly { fate: Fate; weight: number }[] = [
  { fate: "shown", weight: 10 },
  { fate: "paused", weight: 2 },
  { fate: "skipped", weight: 2 },
  { fate: "fails_at_start", weight: 2 },
  { fate: "fails_later", weight: 1 },
  { fate: "left_at_start", weight: 1 },
  { fate: "kills_the_view", weight: 0.5 },
];

/** A break of one to three ads (data-wire.md §5); `onward` when it is over. */
export function showAds(watcher: Watcher, atMs: number, onward: (atMs: number) => void): void {
  const { odd } = watcher.dice;
  emit(watcher, "adbreakstart", atMs);
  const requests = odd.integer(1, 4);
  for (let request = 0; request < requests; request += 1) {
    setFields(watcher.page.report, { ad_tag_url: `https://ads.example.com/tag/${odd.integer(1, 9)}` });
    emit(watcher, "adrequest", atMs);
  }
  const ads = odd.integer(1, 4);
  if (odd.chance(0.08)) emit(watcher, "aderror", atMs); // of the schedule: no ad was tried yet
  next(watcher, atMs, odd.integer(40, 700), ads, onward);
}

function next(watcher: Watcher, atMs: number, afterMs: number, left: number, onward: (atMs: number) => void): void {
  const { odd } = watcher.dice;
  watcher.agenda.set("playback", atMs + afterMs, (dueMs) => {
    if (left === 0) {
      emit(watcher, "adbreakend", dueMs);
      onward(dueMs);
      return;
    }
    setFields(watcher.page.report, { ad_id: `ad-${odd.integer(1, 99)}` });
    callAd(watcher, dueMs, (overMs) => next(watcher, overMs, odd.integer(5, 60), left - 1, onward));
  });
}

function callAd(watcher: Watcher, atMs: number, onward: (atMs: number) => void): void {
  const { odd } = watcher.dice;
  const { fate } = odd.weighted(FATES);
  emit(watcher, "adplay", atMs);
  watcher.agenda.set("playback", atMs + odd.integer(30, 1_800), (dueMs) => {
    if (fate === "left_at_start") {
      watcher.finish("leave", dueMs);
      return;
    }
    if (fate === "fails_at_start") {
      emit(watcher, "aderror", dueMs);
      onward(dueMs);
      return;
    }
    showFirst(watcher, dueMs);
    emit(watcher, "adplaying", dueMs);
    watcher.agenda.set("playback", dueMs + odd.integer(500, 6_000), (laterMs) =>
      finishAd(watcher, fate, laterMs, onward),
    );
  });
}

/** A pre-roll's first frame is the view's. */
function showFirst({ page: { course, report } }: Watcher, atMs: number): void {
  if (course.firstFrameAtMs !== null) return;
  course.firstFrameAtMs = atMs;
  setFields(report, { view_time_to_first_frame: atMs - (course.intentAtMs ?? atMs) });
}

function finishAd(watcher: Watcher, fate: Fate, atMs: number, onward: (atMs: number) => void): void {
  const { odd } = watcher.dice;
  const { course } = watcher.page;
  if (fate === "kills_the_view") {
    killView(watcher, atMs);
    return;
  }
  if (fate === "paused") {
    enterPhase(course, "paused", atMs);
    emit(watcher, "adpause", atMs);
    watcher.agenda.set("playback", atMs + odd.integer(300, 5_000), (resumedMs) => {
      enterPhase(course, "ads", resumedMs);
      emit(watcher, "adplay", resumedMs);
      emit(watcher, "adplaying", resumedMs);
      watcher.agenda.set("playback", resumedMs + odd.integer(200, 3_000), (endedMs) => {
        emit(watcher, "adended", endedMs);
        onward(endedMs);
      });
    });
    return;
  }
  const name = { skipped: "adskipped", fails_later: "aderror" }[fate as string] ?? "adended";
  emit(watcher, name, atMs);
  onward(atMs);
}

/** A fatal error while an ad is on the screen. */
function killView(watcher: Watcher, atMs: number): void {
  const { course, report } = watcher.page;
  enterPhase(course, "failed", atMs);
  course.failure = { atMs, code: 5, message: "adCrash" };
  setFields(report, { player_error_code: 5, player_error_message: "adCrash", player_error_severity: "fatal" });
  emit(watcher, "error", atMs);
  watcher.agenda.set("playback", atMs + watcher.dice.odd.integer(500, 4_000), (dueMs) =>
    watcher.finish("leave", dueMs),
  );
}
